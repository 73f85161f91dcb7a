#include "tar/path.hpp"

#include "support/streams.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

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

TEST(Path, HasADirectoryAndAName) {
  EXPECT_EQ(parent_path("a/b/c"), "a/b");
  EXPECT_EQ(parent_path("a"), "");
  EXPECT_EQ(base_name("a/b/c"), "c");
  EXPECT_EQ(base_name("a"), "a");
  EXPECT_EQ(joined_path("a/b", "c"), "a/b/c");
  EXPECT_EQ(joined_path("", "c"), "c");
}

std::optional<std::string> followed(std::string_view path,
                                    const std::map<std::string, std::string>& links) {
  return follow_links(path, [&](const std::string& at) {
    const auto link = links.find(at);
    return link == links.end() ? std::nullopt : std::optional<std::string_view>(link->second);
  });
}

TEST(FollowLinks, StaysInsideTheRoot) {
  const std::map<std::string, std::string> links{
      {"bin", "usr/bin"}, {"usr/bin/sh", "dash"},  {"etc/sh", "/bin/sh"}, {"out", "../../../etc"},
      {"usr/up", ".."},   {"usr/self", "./self/"}, {"here", "/"}};
  EXPECT_EQ(followed("bin/sh", links), "usr/bin/dash");
  EXPECT_EQ(followed("etc/sh", links), "usr/bin/dash");
  EXPECT_EQ(followed("/usr//bin/./ls", links), "usr/bin/ls");
  EXPECT_EQ(followed("out/passwd", links), "etc/passwd");
  EXPECT_EQ(followed("../../etc/passwd", links), "etc/passwd");
  EXPECT_EQ(followed("usr/up/bin", links), "usr/bin");
  EXPECT_EQ(followed("here/here/a", links), "a");
  EXPECT_EQ(followed("none/../a", links), "a");
  EXPECT_EQ(followed("", links), "");
  EXPECT_EQ(followed("here", links), "");
  EXPECT_EQ(followed("usr/self", links), std::nullopt);
}

TEST(FollowLinks, FollowsAsManyAsLinux) {
  std::map<std::string, std::string> links;
  for (int i = 0; i < 40; ++i) links["l" + std::to_string(i)] = "l" + std::to_string(i + 1);
  EXPECT_EQ(followed("l0", links), "l40");
  links["l40"] = "l41";
  EXPECT_EQ(followed("l0", links), std::nullopt);
}

}  // namespace
}  // namespace ocimux
