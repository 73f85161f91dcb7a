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
      {"A", "1"},          {"EMPTY", ""},          {"SPACED", "a  b"},   {"QUOTE", "'\""},
      {"DOLLAR", "$A"},    {"_x9", "under"},       {"FILE", "a.tar.gz"}, {"STAR", "*a*?"},
      {"ACCENT", "héllo"}, {"SLASHED", "/usr/bin"}};
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> words(std::string_view text) { return expand_words(text, variable); }
std::string one(std::string_view text) { return expand(text, variable); }

TEST(RawWords, SplitAtBlanksOutsideQuotesAndTakeNothingAway) {
  EXPECT_THAT(raw_words(" a \t b  ", '\\'), ElementsAre("a", "b"));
  EXPECT_THAT(raw_words(" \t ", '\\'), ElementsAre());
  EXPECT_THAT(raw_words(R"(x="a b"y'c d' "" '' $A\ b)", '\\'),
              ElementsAre(R"(x="a b"y'c d')", R"("")", "''", R"($A\ b)"));
  EXPECT_THAT(raw_words(R"("a\" b" 'c\' d)", '\\'), ElementsAre(R"("a\" b")", R"('c\')", "d"));
  EXPECT_THAT(raw_words(R"(C:\x a` b)", '`'), ElementsAre(R"(C:\x)", "a` b"));
  EXPECT_THAT(raw_words("a \"b c", '\\'), ElementsAre("a", "\"b c"));
}

TEST(ExpandWords, SplitAtBlanks) {
  EXPECT_THAT(words("a b\tc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words("  a \t  b  "), ElementsAre("a", "b"));
  EXPECT_THAT(words(""), ElementsAre());
}

TEST(ExpandWords, QuotesAndEscapesHoldBlanks) {
  EXPECT_THAT(words(R"(x="a b"y'c d'z w)"), ElementsAre("x=a byc dz", "w"));
  EXPECT_THAT(words(R"(a\ b c\\d \"x\" \'y \$A)"),
              ElementsAre("a b", R"(c\d)", R"("x")", "'y", "$A"));
}

TEST(ExpandWords, ValuesAreSplitButInQuotes) {
  EXPECT_THAT(words("$SPACED \"$SPACED\""), ElementsAre("a", "b", "a  b"));
  EXPECT_THAT(words("$QUOTE $DOLLAR"), ElementsAre("'\"", "$A")) << "no second reading";
  EXPECT_THAT(words("$EMPTY $UNSET \"\""), ElementsAre());
  EXPECT_THAT(words("${UNSET:-a b} c"), ElementsAre("a", "b", "c"));
}

TEST(ExpandWords, KeepTheMarkOfAHeredocTogether) {
  EXPECT_THAT(expand_words("a <<  \"E F\" 3<<-$X b<c", variable,
                           {.keep_quotes = true, .keep_escapes = true, .keep_unset = true}),
              ElementsAre("a", "<<  \"E F\"", "3<<-$X", "b<c"));
}

TEST(Expand, DoubleQuotesKeepBackslashesButBeforeThree) {
  EXPECT_EQ(one(R"("\"" "\\" "\$A" "C:\dir\new")"), R"(" \ $A C:\dir\new)");
}

TEST(Expand, SingleQuotesKeepEverything) {
  EXPECT_EQ(one(R"('$A ${A} \n \\ "')"), R"($A ${A} \n \\ ")");
}

TEST(Expand, TakesAnotherEscapeCharacter) {
  EXPECT_EQ(expand(R"(C:\$A `$A "`"" a` b \\)", variable, {.escape = '`'}), R"(C:\1 $A " a b \\)");
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
}

TEST(Expand, RequiresWhatAQuestionMarkAsksFor) {
  EXPECT_EQ(one("${A?}${A:?no}${EMPTY?no}"), "11");
  EXPECT_EQ(refusal([] { return one("${UNSET?}"); }),
            "invalid_argument: expected the variable UNSET to be set, found it unset");
  EXPECT_EQ(refusal([] { return one("${EMPTY:?say $A}"); }),
            "invalid_argument: expected the variable EMPTY to be set, found it empty: say 1");
}

TEST(Expand, CutsWhatAPatternMatches) {
  EXPECT_EQ(one("${FILE#*.} ${FILE##*.} ${FILE%.*} ${FILE%%.*}"), "tar.gz gz a.tar a");
  EXPECT_EQ(one("${FILE#?} ${FILE#x} ${FILE%gz} ${FILE#}"), ".tar.gz a.tar.gz a.tar. a.tar.gz");
  EXPECT_EQ(one(R"(${STAR#\*} ${STAR%\?} ${STAR#"*"})"), "a*? *a* *a*?")
      << "quotes do not protect a pattern";
  EXPECT_EQ(one("[${FILE##*}] [${FILE#*}] [${UNSET#a}]"), "[] [a.tar.gz] []");
  EXPECT_EQ(one("${ACCENT#h?} ${ACCENT%l?}"), "llo hél") << "characters, not bytes";
}

TEST(Expand, ReplacesWhatAPatternMatches) {
  EXPECT_EQ(one("${FILE/a/A} ${FILE//a/A} ${FILE//[.]/_}"), "A.tar.gz A.tAr.gz a.tar.gz");
  EXPECT_EQ(one("${FILE/.*/-$A} ${FILE//?/x} ${FILE/x/y} ${FILE//./}"),
            "a-1 xxxxxxxx a.tar.gz atargz");
  EXPECT_EQ(one(R"(${SLASHED//\//_} ${SLASHED/\}/x})"), "_usr_bin /usr/bin");
  EXPECT_EQ(one("${EMPTY//*/x}${FILE//*/y}"), "xy");
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
  for (const char* text :
       {"${}", "${:-x}", "${A:}", "${A:x}", "${A!x}", "${A b}", "${A:=x}", "${A:#x}", "${{A}}"}) {
    EXPECT_THAT(refusal([&] { return one(text); }),
                StartsWith("invalid_argument: expected ${NAME}"))
        << text;
  }
}

TEST(Words, RefusePatternsThatAreNone) {
  EXPECT_THAT(refusal([] { return one(R"(${FILE#a\b})"); }),
              StartsWith("invalid_argument: expected \\*, "));
}

// A Dockerfile of a few lines must not cost hours or gigabytes.
TEST(Words, RefuseWhatHasNoEnd) {
  const std::string large(longest_word, 'a');
  const Variables all = [&](std::string_view name) {
    return std::optional<std::string>(name == "L" ? large : std::string(40, 'a'));
  };
  EXPECT_EQ(expand("$L", all).size(), longest_word);
  for (const std::string& text :
       {std::string("$L$L"), std::string("\"$L$L\""), std::string("${L//a/bb}"),
        std::string("${X#*a*a*a*a*a*a*a*a*a*a*b}"), "${L#" + std::string(2000, '*') + "}"}) {
    EXPECT_THAT(refusal([&] { return expand(text, all); }),
                StartsWith("invalid_argument: expected a"))
        << text.substr(0, 40);
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "${X:+";
  EXPECT_THAT(refusal([&] { return expand(deep, all); }),
              HasSubstr("at most 100 variables inside each other"));
}

TEST(Words, AreAnsweredOrRefusedForAnyText) {
  const std::string letters = "a $ {}:-+'\"\\=A#%/?*<";
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
