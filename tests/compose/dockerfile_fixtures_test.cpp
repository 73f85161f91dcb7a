#include <ocimux/base/error.hpp>
#include "compose/dockerfile.hpp"

#include "compose/image_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

// testdata/dockerfiles holds Dockerfiles with the configs that BuildKit's own frontend makes of
// them. What it leaves open there is its base images, which have no settings.

namespace ocimux {
namespace {

const std::string folder = OCIMUX_TESTDATA "/dockerfiles/";

std::string content(const std::string& name) {
  std::ifstream file(folder + name);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

struct Case {
  std::string name;
  std::string file;
  Platform platform;
  VariableValues arguments;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  std::istringstream lines(content("cases"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Case one;
    std::string platform;
    words >> one.name >> one.file >> platform;
    one.platform = Platform::parse(platform).normalized();
    for (std::string pair; words >> pair;) {
      one.arguments[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    }
    all.push_back(one);
  }
  return all;
}

// The order of members says nothing.
std::map<std::string, std::string> members(const Json& config) {
  std::map<std::string, std::string> all;
  for (const auto& [key, value] : config.at("config").as_object()) {
    Json sorted = value;
    if (value.is_object()) {
      auto& object = sorted.as_object();
      std::sort(object.begin(), object.end(),
                [](const auto& a, const auto& b) { return a.first < b.first; });
    }
    all[key] = sorted.dump();
  }
  all["author"] = string_member(config, "author");
  return all;
}

// What needs a build, and ARG, is not in ocimux' history.
std::vector<std::string> history(const Json& config) {
  std::vector<std::string> all;
  for (const Json& entry : array_member(config, "history")) {
    const std::string text = string_member(entry, "created_by");
    const std::string keyword = text.substr(0, text.find(' '));
    if (keyword != "ARG" && keyword != "RUN" && keyword != "COPY" && keyword != "ADD") {
      all.push_back(text);
    }
  }
  return all;
}

class DockerfileFixtures : public testing::TestWithParam<Case> {};

TEST_P(DockerfileFixtures, GiveTheConfigThatBuildKitGives) {
  const auto& [name, file, platform, arguments] = GetParam();
  const Json expected = Json::parse(content(name + ".json"));
  Json config = default_config(platform.os);
  const DockerfileOutcome outcome =
      Dockerfile::parse(content(file + ".Dockerfile"), file).apply(config, platform, arguments);
  EXPECT_EQ(members(config), members(expected));
  EXPECT_EQ(outcome.instructions, history(expected));
}

INSTANTIATE_TEST_SUITE_P(BuildKit, DockerfileFixtures, testing::ValuesIn(cases()),
                         [](const auto& fixture) {
                           std::string name = fixture.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Any file with some of its bytes gone or doubled is read or refused, and nothing else.
TEST_P(DockerfileFixtures, AreReadOrRefusedWhenDamaged) {
  const std::string text = content(GetParam().file + ".Dockerfile");
  for (std::size_t at = 0; at < text.size(); at += 7) {
    for (const std::string& damaged :
         {text.substr(0, at), text.substr(at), text.substr(0, at) + text.substr(at + 1),
          text.substr(0, at + 1) + text.substr(at)}) {
      try {
        Json config = default_config("linux");
        static_cast<void>(Dockerfile::parse(damaged, "x").apply(config, {"linux", "amd64"}, {}));
        static_cast<void>(config.dump());
      } catch (const Error& error) {
        EXPECT_TRUE(error.code() == Errc::invalid_argument || error.code() == Errc::corrupt)
            << error.what();
      }
    }
  }
}

}  // namespace
}  // namespace ocimux
