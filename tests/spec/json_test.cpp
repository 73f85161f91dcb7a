#include "spec/json.hpp"

#include <ocimux/base/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::refusal;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string round_trip(std::string_view text) { return Json::parse(text).dump(); }

TEST(Json, KeepsTheOrderOfMembers) {
  EXPECT_EQ(round_trip(R"({"z":1,"a":2,"m":{"y":[],"b":{}}})"),
            R"({"z":1,"a":2,"m":{"y":[],"b":{}}})");
}

TEST(Json, KeepsEveryKindOfValue) {
  const std::string text =
      R"({"null":null,"yes":true,"no":false,"int":-42,"real":1.5,"text":"a","list":[1,[2]],"":0})";
  EXPECT_EQ(round_trip(text), text);
}

TEST(Json, KeepsTheWholeRangeOfIntegers) {
  EXPECT_EQ(round_trip("[9223372036854775807,-9223372036854775808]"),
            "[9223372036854775807,-9223372036854775808]");
  EXPECT_EQ(round_trip("[9223372036854775808,18446744073709551615]"),
            "[9223372036854775808,18446744073709551615]");
  EXPECT_EQ(Json::parse("9223372036854775807").as_integer(), INT64_MAX);
}

TEST(Json, TakesNoIntegerBeyondTheRangeForOne) {
  EXPECT_EQ(refusal([] { return Json::parse("9223372036854775808").as_integer(); }),
            "corrupt: expected an integer, found an integer above 9223372036854775807");
}

TEST(Json, TakesNoFractionForAnInteger) {
  for (const char* text : {"1.0", "1e3", "-0.5"}) {
    EXPECT_EQ(refusal([&] { return Json::parse(text).as_integer(); }),
              "corrupt: expected an integer, found a fractional number")
        << text;
  }
}

TEST(Json, SaysOfANumberThatIsTooLargeThatItIsThat) {
  try {
    Json::parse(R"({"x":-1.50e400})");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "expected a number that fits into 64 bits of floating point (up to 1.8e308), "
              "found '-1.50e400' at byte 14");
    EXPECT_THAT(error.hint(), HasSubstr("as text"));
  }
  EXPECT_THAT(refusal([] { return Json::parse("1e999").is_null(); }),
              HasSubstr("corrupt: expected a number that fits"));
  EXPECT_EQ(round_trip("[1.5e308]"), "[1.5e+308]");
}

TEST(Json, KeepsTextThatNeedsEscapes) {
  EXPECT_EQ(Json::parse(R"("a\u0000\n\"\\\u00e9\ud83d\ude00")").as_string(),
            std::string("a\0\n\"\\\u00e9\U0001F600", 11));
  EXPECT_EQ(round_trip(R"("\u0000\n\"\\")"), R"("\u0000\n\"\\")");
}

TEST(Json, SpreadsOverLinesWithIndent) {
  EXPECT_EQ(Json::parse(R"({"a":[1],"b":{}})").dump(2),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
}

TEST(Json, DumpRefusesTextOutsideUtf8) {
  EXPECT_EQ(refusal([] { return Json("caf\xe9").dump(); }),
            "corrupt: expected text in UTF-8, found other bytes");
  EXPECT_NE(refusal([] { return Json(Json::Object{{"\xff", 1}}).dump(); }), "");
}

TEST(Json, FindsMembersAndTakesNullForNone) {
  const Json json = Json::parse(R"({"a":1,"b":null})");
  ASSERT_NE(json.find("a"), nullptr);
  EXPECT_EQ(json.find("a")->as_integer(), 1);
  EXPECT_EQ(json.find("b"), nullptr);
  EXPECT_EQ(json.find("A"), nullptr);
  EXPECT_EQ(refusal([&] { return json.at("b").is_null(); }),
            "corrupt: expected a member 'b', found none");
}

TEST(Json, SetChangesInPlaceAndAddsAtTheEnd) {
  Json json = Json::parse(R"({"a":1,"b":2})");
  json.set("a", "new");
  json.set("c", Json::array());
  EXPECT_EQ(json.dump(), R"({"a":"new","b":2,"c":[]})");
  json.erase("b");
  json.erase("absent");
  EXPECT_EQ(json.dump(), R"({"a":"new","c":[]})");
}

TEST(Json, SaysWhichKindItExpectedAndFound) {
  EXPECT_EQ(refusal([] { return Json(true).as_string(); }),
            "corrupt: expected a string, found a boolean");
  EXPECT_EQ(refusal([] { return Json("x").as_integer(); }),
            "corrupt: expected an integer, found a string");
  EXPECT_EQ(refusal([] { return Json::array().as_object().size(); }),
            "corrupt: expected an object, found an array");
  EXPECT_EQ(refusal([] { return Json::object().as_array().size(); }),
            "corrupt: expected an array, found an object");
  EXPECT_EQ(refusal([] { return Json().find("x"); }), "corrupt: expected an object, found null");
}

TEST(JsonMembers, AreEmptyWhereThereAreNone) {
  const Json json = Json::parse(R"({"null":null})");
  for (const char* key : {"absent", "null"}) {
    EXPECT_EQ(string_member(json, key), "");
    EXPECT_TRUE(strings_member(json, key).empty());
    EXPECT_TRUE(string_map_member(json, key).empty());
    EXPECT_TRUE(array_member(json, key).empty());
    EXPECT_EQ(refusal([&] { return integer_member(json, key); }),
              "corrupt: expected a member '" + std::string(key) + "', found none");
  }
}

TEST(JsonMembers, ReadTheUsualShapes) {
  const Json json = Json::parse(R"({"s":"x","i":7,"l":["b","a"],"m":{"k":"v","a":""}})");
  EXPECT_EQ(string_member(json, "s"), "x");
  EXPECT_EQ(integer_member(json, "i"), 7);
  EXPECT_THAT(strings_member(json, "l"), ElementsAre("b", "a"));
  EXPECT_THAT(string_map_member(json, "m"), ElementsAre(Pair("a", ""), Pair("k", "v")));
  EXPECT_EQ(array_member(json, "l").size(), 2U);
}

TEST(JsonMembers, NameTheMemberThatIsOfTheWrongKind) {
  const Json json = Json::parse(R"({"s":1,"i":"7","l":["b",2],"m":{"k":null},"a":{}})");
  EXPECT_EQ(refusal([&] { return string_member(json, "s"); }),
            "corrupt: s: expected a string, found an integer");
  EXPECT_EQ(refusal([&] { return integer_member(json, "i"); }),
            "corrupt: i: expected an integer, found a string");
  EXPECT_EQ(refusal([&] { return strings_member(json, "l"); }),
            "corrupt: l: expected a string, found an integer");
  EXPECT_EQ(refusal([&] { return string_map_member(json, "m"); }),
            "corrupt: m: k: expected a string, found null");
  EXPECT_EQ(refusal([&] { return array_member(json, "a").size(); }),
            "corrupt: a: expected an array, found an object");
}

// What follows reads differently in different parsers, or not at all.

class JsonRefuses : public testing::TestWithParam<std::string> {};

TEST_P(JsonRefuses, WhatIsNoDocument) {
  EXPECT_THAT(refusal([] { return Json::parse(GetParam()).is_null(); }),
              HasSubstr("corrupt: expected a JSON document, found "));
}

INSTANTIATE_TEST_SUITE_P(Texts, JsonRefuses,
                         testing::Values("", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}",
                                         "nul", "01", "+1", ".5", "1.", "NaN", "Infinity", "{} {}",
                                         "{}x", "// c\n{}", "\"\t\"", "\"\\x41\"", "\"\\ud800\"",
                                         "\"caf\xe9\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"",
                                         "\xff\xfe{}", std::string("{}\0", 3),
                                         std::string("{}\0garbage", 10),
                                         std::string("{\"a\0b\":1}", 9), "\xef\xbb\xbf{}"));

TEST(Json, RefusesAKeyTwice) {
  EXPECT_EQ(refusal([] { return Json::parse(R"({"a":1,"b":{"a":2},"a":3})").is_null(); }),
            "corrupt: expected a JSON document, found the key 'a' twice in one object");
  EXPECT_THAT(refusal([] { return Json::parse(R"({"x":[{"k":1,"\u006b":2}]})").is_null(); }),
              HasSubstr("the key 'k' twice"));
  EXPECT_EQ(round_trip(R"([{"a":1},{"a":{"a":1}}])"), R"([{"a":1},{"a":{"a":1}}])");
}

std::string nested(std::size_t levels, const char* open, const char* close) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < levels; ++i) text += close;
  return text;
}

TEST(Json, NestsSixtyFourLevelsAndNotOneMore) {
  EXPECT_EQ(refusal([] { return round_trip(nested(64, "[", "]")); }), "");
  EXPECT_EQ(refusal([] { return round_trip(nested(64, "{\"a\":", "}")); }), "");
  for (const std::string& text : {nested(65, "[", "]"), nested(65, "{\"a\":", "}"),
                                  nested(1'000'000, "[", "]"), std::string(1'000'000, '[')}) {
    EXPECT_EQ(refusal([&] { return round_trip(text); }),
              "corrupt: expected a JSON document, found more than 64 levels of nesting");
  }
}

TEST(Json, SaysWhereADocumentBreaks) {
  EXPECT_THAT(refusal([] { return Json::parse(R"({"a":})").is_null(); }),
              AllOf(HasSubstr("at byte 6"), HasSubstr("}")));
}

// A registry's largest document full of the smallest members must not take minutes.
TEST(Json, ManyMembersAreReadAndWrittenInNoTime) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
  text += "}";
  EXPECT_EQ(round_trip(text), text);
}

TEST(Json, EveryCutOfADocumentIsRefused) {
  const std::string text = R"({"a":[1,"x",{"b":null}],"c":-1.5e3,"d":true})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_NE(refusal([&] { return round_trip(text.substr(0, size)); }), "") << size;
  }
}

TEST(Json, AMemberIsAddedInFrontOfThoseThatComeBehindIt) {
  Json json = Json::parse(R"({"x":1,"b":2,"d":3,"y":4})");
  json.set_in_order("c", 5, {"a", "b", "c", "d"});
  json.set_in_order("a", 6, {"a", "b", "c", "d"});
  json.set_in_order("e", 7, {"d", "e"});
  json.set_in_order("d", 8, {"d", "x"});
  EXPECT_EQ(json.dump(), R"({"x":1,"a":6,"b":2,"c":5,"d":8,"y":4,"e":7})");
}

}  // namespace
}  // namespace ocimux
