#include "compose/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/refusal.hpp"

// The rules are those of BuildKit's frontend/dockerfile/shell/lex.go.

namespace ocimux {
namespace {

using test::refusal;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::optional<std::string> variable(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> values{
      {"A", "1"},       {"EMPTY", ""},    {"SPACED", "a  b"},
      {"QUOTE", "'\""}, {"DOLLAR", "$A"}, {"_x9", "under"}};
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> words(std::string_view text) { return split_words(text, variable); }
std::string one(std::string_view text) { return expand(text, variable); }

TEST(SplitWords, SplitsAtBlanks) {
  EXPECT_THAT(words("a b\tc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words("  a \t  b  "), ElementsAre("a", "b"));
  EXPECT_THAT(words(""), ElementsAre());
  EXPECT_THAT(words(" \t "), ElementsAre());
}

TEST(SplitWords, QuotesHoldBlanksAndJoinTheirWord) {
  EXPECT_THAT(words(R"("a b" 'c d')"), ElementsAre("a b", "c d"));
  EXPECT_THAT(words(R"(x="a b"y'c d'z w)"), ElementsAre("x=a byc dz", "w"));
  EXPECT_THAT(words(R"("" '')"), ElementsAre("", ""));
  EXPECT_THAT(words(R"("it's" 'say "x"')"), ElementsAre("it's", R"(say "x")"));
}

TEST(SplitWords, BackslashTakesTheNextCharacterAsItIs) {
  EXPECT_THAT(words(R"(a\ b c\\d \"x\" \'y \$A)"),
              ElementsAre("a b", R"(c\d)", R"("x")", "'y", "$A"));
}

TEST(SplitWords, DoubleQuotesKeepBackslashesButBeforeThree) {
  EXPECT_THAT(words(R"("\"" "\\" "\$A" "C:\dir\new")"),
              ElementsAre("\"", "\\", "$A", R"(C:\dir\new)"));
}

TEST(SplitWords, SingleQuotesKeepEverything) {
  EXPECT_THAT(words(R"('$A ${A} \n \\ "')"), ElementsAre(R"($A ${A} \n \\ ")"));
}

TEST(SplitWords, AVariableIsOneWordWhateverItHolds) {
  EXPECT_THAT(words("$SPACED x$SPACED"), ElementsAre("a  b", "xa  b"));
  EXPECT_THAT(words("$QUOTE $DOLLAR"), ElementsAre("'\"", "$A")) << "no second reading";
  EXPECT_THAT(words("$EMPTY $UNSET"), ElementsAre("", ""));
}

TEST(Expand, ReadsNames) {
  EXPECT_EQ(one("$A"), "1");
  EXPECT_EQ(one("${A}"), "1");
  EXPECT_EQ(one("x$A.y${A}z"), "x1.y1z");
  EXPECT_EQ(one("\"$A\""), "1");
  EXPECT_EQ(one("$_x9-$AB"), "under-") << "AB is another name";
  EXPECT_EQ(one("${A}B"), "1B");
  EXPECT_EQ(one("a b  c"), "a b  c");
}

TEST(Expand, LeavesADollarThatNamesNothing) {
  EXPECT_EQ(one("$"), "$");
  EXPECT_EQ(one("a$ b"), "a$ b");
  EXPECT_EQ(one("$/x"), "$/x");
}

TEST(Expand, TakesAWordInsteadOfWhatIsUnsetOrEmpty) {
  EXPECT_EQ(one("${A:-x}"), "1");
  EXPECT_EQ(one("${UNSET:-x y}"), "x y");
  EXPECT_EQ(one("${EMPTY:-x}"), "x");
  EXPECT_EQ(one("${UNSET:-}"), "");
  EXPECT_EQ(one("${UNSET-x}"), "x");
  EXPECT_EQ(one("${EMPTY-x}"), "");
}

TEST(Expand, TakesAWordWhereItIsSet) {
  EXPECT_EQ(one("${A:+x}"), "x");
  EXPECT_EQ(one("${UNSET:+x}"), "");
  EXPECT_EQ(one("${EMPTY:+x}"), "");
  EXPECT_EQ(one("${EMPTY+x}"), "x");
  EXPECT_EQ(one("${UNSET+x}"), "");
}

TEST(Expand, ReadsWordsInWords) {
  EXPECT_EQ(one("${UNSET:-$A}"), "1");
  EXPECT_EQ(one("${UNSET:-${A}}"), "1");
  EXPECT_EQ(one("${UNSET:-${EMPTY:-${A}2}3}4"), "1234");
  EXPECT_EQ(one("${A:+<${A}>}"), "<1>");
  EXPECT_EQ(one(R"(${UNSET:-"}"}${UNSET:-\}})"), "}}");
  EXPECT_THAT(words("${UNSET:-a b} c"), ElementsAre("a b", "c"));
}

TEST(Words, RefuseQuotesAndBracesThatAreNotClosed) {
  for (const char* text : {"'", "\"", "a 'b", "\"b", "\"$A", "\"a\\\"", "x\"y'z'"}) {
    EXPECT_THAT(refusal([&] { return words(text); }),
                AllOf(StartsWith("invalid_argument: expected the end of a "),
                      HasSubstr("-quoted text, found the end of the instruction")))
        << text;
  }
  for (const char* text : {"${", "${A", "${A:-", "${A:-x", "${UNSET:-${A}"}) {
    EXPECT_THAT(refusal([&] { return one(text); }),
                StartsWith("invalid_argument: expected the end of a "))
        << text;
  }
}

TEST(Words, RefuseWhatDockerCannotSubstitute) {
  for (const char* text : {"${}", "${:-x}", "${A:}", "${A:x}", "${A!x}", "${A b}", "${A:=x}"}) {
    EXPECT_THAT(refusal([&] { return one(text); }),
                StartsWith("invalid_argument: expected ${NAME}"))
        << text;
  }
}

TEST(Words, AreAnsweredOrRefusedForAnyText) {
  const std::string letters = "a $ {}:-+'\"\\=A";
  for (std::size_t i = 0; i < letters.size() * letters.size() * letters.size(); ++i) {
    const std::string text{'$', letters[i % letters.size()],
                           letters[i / letters.size() % letters.size()],
                           letters[i / letters.size() / letters.size()]};
    EXPECT_THAT(refusal([&] { return words(text); }),
                testing::AnyOf("", StartsWith("invalid_argument: ")))
        << text;
  }
}

}  // namespace
}  // namespace ocimux
