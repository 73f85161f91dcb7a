#include "compose/dockerfile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compose/dockerfile_lines.hpp"
#include "compose/image_config.hpp"
#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::refusal;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const Platform linux_amd64{"linux", "amd64"};

struct Applied {
  Json config;
  DockerfileOutcome outcome;
};

Applied applied(std::string_view text, Json config = default_config("linux"),
                const VariableValues& given = {}) {
  DockerfileOutcome outcome =
      Dockerfile::parse(text, "Dockerfile").apply(config, linux_amd64, given);
  return {std::move(config), std::move(outcome)};
}

std::string setting(std::string_view text, std::string_view key, const VariableValues& given = {}) {
  const Applied all = applied(text, default_config("linux"), given);
  const Json* value = all.config.at("config").find(key);
  return value == nullptr ? "none" : value->dump();
}

std::string refused(std::string_view text, const VariableValues& given = {}) {
  return refusal([&] { return applied(text, default_config("linux"), given).outcome.base; });
}

TEST(Dockerfile, TellsTheImageItIsBuiltOn) {
  EXPECT_EQ(applied("FROM scratch\nUSER a").outcome.base, "");
  EXPECT_EQ(applied("FROM a.b/c:1 AS x\nFROM d AS y\nFROM x\nUSER u").outcome.base, "a.b/c:1");
  EXPECT_EQ(applied("ARG V=1\nFROM image:${V}", default_config("linux"), {{"V", "2"}}).outcome.base,
            "image:2");
}

TEST(Dockerfile, TellsWhatItSetsAndWhatItMissed) {
  const DockerfileOutcome outcome =
      applied("FROM x\nUSER $WHO\nENV A=$HOME B=$PATH\nENV C=$A").outcome;
  EXPECT_THAT(outcome.members, ElementsAre("Env", "User"));
  EXPECT_THAT(outcome.unset_variables, ElementsAre("HOME", "WHO"));
  EXPECT_THAT(applied("FROM x\nRUN y").outcome.members, IsEmpty());
}

TEST(Dockerfile, BeginsWithTheConfigOfItsBase) {
  Json base = Json::parse(R"({"config":{"Env":["HOME=/h"],"User":"u","Cmd":["c"],)"
                          R"("WorkingDir":"/w","OnBuild":["ENV T=$HOME","RUN x"]}})");
  const Applied all = applied("FROM x AS a\nENV A=$HOME$T\nWORKDIR d\nFROM a", base);
  EXPECT_EQ(all.config.at("config").dump(),
            R"({"Env":["HOME=/h","PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:)"
            R"(/bin","T=/h","A=/h/h"],"User":"u","Cmd":["c"],"WorkingDir":"/w/d"})");
  EXPECT_EQ(applied("FROM x\nENTRYPOINT [\"e\"]", base).config.at("config").find("Cmd"), nullptr);
}

TEST(Dockerfile, TakesArgumentsWhereTheyAreDeclared) {
  const char* text = "ARG G=g\nFROM scratch\nUSER [$G]\nARG G\nLABEL g=$G\nARG L=l\nENV E=$L";
  EXPECT_EQ(setting(text, "User"), R"("[]")");
  EXPECT_EQ(setting(text, "Labels"), R"({"g":"g"})");
  EXPECT_EQ(setting(text, "Labels", {{"G", "given"}}), R"({"g":"given"})");
  EXPECT_THAT(setting(text, "Env", {{"L", "given"}}), HasSubstr("E=given"));
  EXPECT_THAT(Dockerfile::parse(text, "x").arguments(), ElementsAre("G", "L"));
}

TEST(Dockerfile, KnowsArgumentsThatNobodyDeclares) {
  for (const char* name : {"HTTP_PROXY", "no_proxy", "BUILDKIT_SYNTAX", "TARGETARCH"}) {
    EXPECT_TRUE(is_predefined_argument(name)) << name;
  }
  for (const char* name : {"PROXY", "VERSION", "", "TARGETARCHS"}) {
    EXPECT_FALSE(is_predefined_argument(name)) << name;
  }
}

TEST(Dockerfile, ErrorsSayTheLine) {
  EXPECT_THAT(refused("# x\nFROM scratch\nRUN a \\\n  b\nUSRE x\n"),
              StartsWith("invalid_argument: Dockerfile:5: expected a Dockerfile instruction, found "
                         "'USRE' [there are ADD, ARG, "));
  EXPECT_EQ(refused("FROM scratch\n\nENV A=1 \\\n B"),
            "invalid_argument: Dockerfile:3: ENV: expected NAME=VALUE, found 'B'");
  EXPECT_EQ(refused("FROM scratch\nUSER ${A:?is missing}"),
            "invalid_argument: Dockerfile:2: USER: expected the variable A to be set, found it "
            "unset: is missing");
  EXPECT_EQ(refused("FROM scratch\nRUN <<A <<B\nA\nb\n"),
            "invalid_argument: Dockerfile:2: expected a line B that ends the heredoc, found the "
            "end of the file");
}

TEST(Dockerfile, RefusesFilesWithoutAStage) {
  EXPECT_EQ(refused(""),
            "invalid_argument: Dockerfile: expected a Dockerfile, found no instruction in it");
  EXPECT_EQ(refused("# only\n\n"), refused(""));
  EXPECT_EQ(refused("ARG A=1\n"),
            "invalid_argument: Dockerfile: expected a Dockerfile with a stage, found no FROM");
  EXPECT_EQ(refused("USER x\nFROM scratch"),
            "invalid_argument: Dockerfile:1: expected ARG or FROM before the first stage, found "
            "'USER'");
}

TEST(Dockerfile, RefusesStagesThatAreNone) {
  EXPECT_THAT(refused("FROM ${BASE}\n"),
              StartsWith("invalid_argument: Dockerfile:1: FROM: expected the name of an image or a "
                         "stage, found '${BASE}' ["));
  for (const char* from : {"FROM", "FROM a b", "FROM a AS", "FROM a AS 1b", "FROM a AS b c",
                           "FROM a OF b", "FROM --x=y a", "FROM --platform a", "FROM Build",
                           "FROM --platform=$NONE a", "FROM a<b", "FROM a/"}) {
    EXPECT_THAT(refused(from), StartsWith("invalid_argument: Dockerfile:1: FROM: expected"))
        << from;
  }
}

TEST(Dockerfile, RefusesTriggersThatAreNoInstruction) {
  EXPECT_EQ(refused("FROM scratch AS a\nONBUILD NONE\nFROM a\n").substr(0, 84),
            "invalid_argument: Dockerfile:3: ONBUILD: expected a Dockerfile instruction, found 'N");
  EXPECT_EQ(refused("FROM scratch\nONBUILD NONE\n"), "") << "nobody executes it";
}

TEST(Dockerfile, RefusesOnlyWhatTheFinalStageNeeds) {
  EXPECT_EQ(refused("FROM scratch AS a\nUSER ${A?}\nFROM scratch"), "");
  EXPECT_THAT(refused("FROM scratch AS a\nENV A\nFROM scratch"), HasSubstr("Dockerfile:2"))
      << "but the form of all";
}

// A variable that doubles with each line.
TEST(Dockerfile, RefusesVariablesWithoutEnd) {
  std::string text = "FROM scratch\nENV A=aaaaaaaa\n";
  for (int i = 0; i < 60; ++i) text += "ENV A=$A$A\n";
  EXPECT_THAT(refused(text), HasSubstr("ENV: expected a word of at most 1 MiB"));
  std::string wide = "FROM scratch\nENV A=" + std::string(60'000, 'a') + "\n";
  for (int i = 0; i < 2000; ++i) wide += "LABEL l" + std::to_string(i) + "=$A\n";
  EXPECT_THAT(refused(wide), HasSubstr("variables that grow to a few MiB at most"));
  std::string stages = "ARG A=" + std::string(60'000, 'a') + "\n";
  for (int i = 0; i < 2000; ++i) stages += "FROM ${A}\n";
  EXPECT_THAT(refused(stages), HasSubstr("FROM: expected variables that grow"));
}

TEST(DockerfileLines, RefuseDirectivesThatAreNone) {
  const auto lines = [](std::string_view text) {
    return refusal([&] { return read_dockerfile_lines(text, "D").lines.size(); });
  };
  EXPECT_EQ(lines("# escape=x\nFROM a"),
            "invalid_argument: D:1: expected the escape character \\ or `, found 'x'");
  EXPECT_EQ(lines("# escape=`\n# escape=`\nFROM a"),
            "invalid_argument: D:2: expected one directive escape, found a second one");
  EXPECT_EQ(lines("# other=x\n# escape=x\nFROM a"), "") << "then it is a comment";
  EXPECT_THAT(lines("FROM a\nRUN " + std::string(70'000, 'x')),
              StartsWith("invalid_argument: D:2: expected lines of less than 64 KiB"));
}

TEST(DockerfileLines, CountFromTheFirstLineOfAnInstruction) {
  const auto lines =
      read_dockerfile_lines("\n# c\nFROM a\n\nRUN b \\\n# c\n\n c <<E\nE\nUSER d", "D").lines;
  ASSERT_EQ(lines.size(), 3);
  EXPECT_EQ(lines[0].number, 3);
  EXPECT_EQ(lines[1].number, 5);
  EXPECT_EQ(lines[1].text, "RUN b  c <<E");
  EXPECT_EQ(lines[2].number, 10);
}

}  // namespace
}  // namespace ocimux
