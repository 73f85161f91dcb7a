#include "cli/values.hpp"

#include "cli/text.hpp"
#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::cli {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(Values, InputsAndTheirPlatforms) {
  EXPECT_EQ(parse_input("a.tar").reference, "a.tar");
  EXPECT_FALSE(parse_input("a.tar").platform);
  const MergeInput said = parse_input("linux/armhf=dir/a=b.tar");
  EXPECT_EQ(said.reference, "dir/a=b.tar");
  EXPECT_EQ(said.platform->normalized().string(), "linux/arm/v7");
  EXPECT_THROW(static_cast<void>(parse_input("a=b.tar")), Error);
  const test::Workspace work;
  const std::string odd = work.file("a=b.tar", "");
  for (const std::string& text : {odd, odd + ":tag", "oci-archive:" + odd + ":tag"}) {
    EXPECT_EQ(parse_input(text).reference, text);
    EXPECT_FALSE(parse_input(text).platform);
  }
}

TEST(Values, BuildArguments) {
  const auto environment = [](const char* name) {
    return std::string_view(name) == "SET" ? "value" : nullptr;
  };
  const auto all = parse_build_args({"A=b=c", "SET", "UNSET", "EMPTY="}, environment);
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].name + "|" + all[0].value, "A|b=c");
  EXPECT_EQ(all[1].name + "|" + all[1].value, "SET|value");
  EXPECT_EQ(all[2].name + "|" + all[2].value, "EMPTY|");
  for (const char* text : {"", "=", "=x"}) {
    EXPECT_THROW(static_cast<void>(parse_build_args({text}, environment)), Error) << text;
  }
}

TEST(Values, ListsOfPlatforms) {
  const auto platforms =
      parse_platforms({"linux/amd64,windows/amd64,osver=10.0.17763", "linux/arm/v6"});
  ASSERT_THAT(platforms, SizeIs(3));
  EXPECT_EQ(platforms[1].string(), "windows/amd64:10.0.17763");
  for (const std::string text : {"", ",", "linux/amd64,", "linux", "nonsense/amd64"}) {
    EXPECT_THROW(static_cast<void>(parse_platforms({text})), Error) << text;
  }
}

TEST(Values, SelectorsInFrontOfValues) {
  EXPECT_EQ(parse_selected("windows:ltsc2022=10.0.20348.1").selector.string(),
            "windows:10.0.20348");
  EXPECT_EQ(parse_selected("linux/arm/v7=a=b").value, "a=b");
  EXPECT_EQ(parse_selected("*=x").value, "x");
  EXPECT_EQ(parse_selected("ENV A=b").value, "ENV A=b");
  EXPECT_EQ(parse_selected("ENV A=b").selector.string(), "*");
  EXPECT_EQ(parse_selected("x").value, "x");
}

TEST(Values, Annotations) {
  const AnnotationOption plain = parse_annotation("org.example/key=linux=x");
  EXPECT_EQ(plain.key, "org.example/key");
  EXPECT_EQ(plain.value, "linux=x");
  EXPECT_EQ(parse_annotation("linux=x").key, "linux");
  EXPECT_EQ(parse_annotation("k=").value, "");
  const AnnotationOption selected = parse_annotation("manifest:windows/amd64=k=v=w");
  EXPECT_EQ(selected.scope, AnnotationScope::manifest);
  EXPECT_EQ(selected.selector.string(), "windows/amd64");
  EXPECT_EQ(selected.value, "v=w");
  for (const std::string text :
       {"", "k", "=v", "index:linux/amd64=k=v", "descriptor:linux=", "manifest:linux/amd64==v"}) {
    if (text == "descriptor:linux=") continue;  // the key is `linux`
    EXPECT_THROW(static_cast<void>(parse_annotation(text)), Error) << text;
  }
}

TEST(Values, AnnotationsToEdit) {
  const AnnotationEdit plain = parse_annotation_edit("a=b=c");
  EXPECT_FALSE(plain.scope);
  EXPECT_EQ(plain.key, "a");
  EXPECT_EQ(plain.value, "b=c");
  const AnnotationEdit gone = parse_annotation_edit("manifest:linux/arm64=a=");
  EXPECT_EQ(gone.scope, AnnotationScope::manifest);
  EXPECT_EQ(gone.selector.string(), "linux/arm64");
  EXPECT_EQ(gone.key, "a");
  EXPECT_FALSE(gone.value);
  EXPECT_EQ(parse_annotation_edit("index:a=b").scope, AnnotationScope::index);
  EXPECT_THROW(static_cast<void>(parse_annotation_edit("=b")), Error);
}

TEST(Values, OsVersions) {
  EXPECT_EQ(parse_os_versions({"windows=1809"}).at(0).value, "10.0.17763");
  EXPECT_EQ(parse_os_versions({"10.0.1.2"}).at(0).value, "10.0.1.2");
  for (const std::string text : {"", "recent", "windows=", "windows=10.0.x", "10 0"}) {
    EXPECT_THROW(static_cast<void>(parse_os_versions({text})), Error) << text;
  }
}

TEST(Values, SourceDateEpoch) {
  EXPECT_FALSE(parse_epoch(nullptr));
  EXPECT_FALSE(parse_epoch(""));
  EXPECT_EQ(parse_epoch("0"), 0);
  EXPECT_EQ(parse_epoch("1700000000"), 1'700'000'000);
  for (const char* text : {"x", "-1", "1.5", " 1", "1 ", "99999999999999999999"}) {
    EXPECT_THROW(static_cast<void>(parse_epoch(text)), Error) << text;
  }
}

TEST(Text, KeepsWhatIsUtf8AndReplacesTheRest) {
  for (const std::string text : {"", "plain", "gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac",
                                 "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"}) {
    EXPECT_EQ(valid_utf8(text), text);
    EXPECT_EQ(printable(text), text);
  }
  const std::string mark = "\xef\xbf\xbd";
  EXPECT_EQ(valid_utf8("a\xff"
                       "b"),
            "a" + mark + "b");
  EXPECT_EQ(valid_utf8("\xc3"), mark);
  EXPECT_EQ(valid_utf8("\xe2\x82"), mark + mark);
  EXPECT_EQ(valid_utf8("\xc0\xaf"), mark + mark);             // overlong
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), mark + mark + mark);  // a surrogate
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), mark + mark + mark + mark);
}

TEST(Text, ControlCharactersAreNotShown) {
  EXPECT_EQ(printable("a\x1b[2J\n\x7f\xc2\x9b"
                      "b"),
            "a?[2J???b");
}

TEST(Text, WhatTurnsOrHidesCharactersIsNotShown) {
  EXPECT_EQ(printable("a\u202egnp.\u2066b\u200b\u2028\ufeff\u061c"), "a?gnp.?b????");
  EXPECT_EQ(printable("\u2070\u2027\u2190"), "\u2070\u2027\u2190");  // the ones beside them
}

TEST(Text, IsNoLongerThanAnybodyReads) {
  EXPECT_EQ(printable(std::string(8192, 'x')), std::string(8192, 'x'));
  const std::string cut = printable(std::string(4 << 20, 'x'));
  EXPECT_LT(cut.size(), 8200U);
  EXPECT_TRUE(cut.ends_with("…"));
}

}  // namespace
}  // namespace ocimux::cli
