#include "tar/path.hpp"

#include "support/streams.hpp"

#include <gtest/gtest.h>

namespace ocimux {
namespace {

TEST(MemberPath, HasOneForm) {
  EXPECT_EQ(member_path("a/b"), "a/b");
  EXPECT_EQ(member_path("./a/b/"), "a/b");
  EXPECT_EQ(member_path("a//b/./c//"), "a/b/c");
  EXPECT_EQ(member_path("."), "");
  EXPECT_EQ(member_path("./"), "");
  EXPECT_EQ(member_path(""), "");
  EXPECT_EQ(member_path("..."), "...");
  EXPECT_EQ(member_path("a/..b/.c"), "a/..b/.c");
  EXPECT_EQ(member_path("a\\..\\b"), "a\\..\\b") << "a backslash is a character like others";
}

TEST(MemberPath, RefusesWhatLeavesTheArchive) {
  for (const std::string& name :
       {std::string("/"), std::string("/a"), std::string("//a"), std::string(".."),
        std::string("../a"), std::string("./../a"), std::string("a/../b"), std::string("a/.."),
        std::string("a/b/../../.."), std::string("a\0b", 3), std::string("\0", 1)}) {
    const Error error = test::error_of([&] { member_path(name); });
    EXPECT_EQ(error.code(), Errc::corrupt) << name;
    EXPECT_FALSE(error.hint().empty());
  }
}

}  // namespace
}  // namespace ocimux
