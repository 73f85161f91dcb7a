#include "registry/auth_store.hpp"

#include "registry/auth_change.hpp"
#include "registry/auth_file.hpp"
#include "registry/base64.hpp"
#include "support/files.hpp"
#include "support/refusal.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <thread>

namespace ocimux::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const Reference registry = Reference::parse("r.x:5/any");
const Reference hub = Reference::parse("alpine");
const AuthEntry me{"me", "sesame:1"};

std::string user_in(const std::string& document, const std::string& reference) {
  const FoundAuth found = find_auth(document, Reference::parse(reference));
  return found.credentials ? found.credentials->user + ":" + found.credentials->password : "none";
}

TEST(AuthChange, MakesANewFile) {
  for (const char* nothing : {"", " \n", "{}", R"({"auths":{}})"}) {
    const std::string text = with_entry(nothing, registry, me);
    EXPECT_EQ(user_in(text, "r.x:5/y"), "me:sesame:1") << nothing;
    EXPECT_EQ(user_in(text, "r.x/y"), "none");
    EXPECT_THAT(text, Not(HasSubstr("sesame")));
  }
  EXPECT_THAT(with_entry("", hub, me), HasSubstr(R"("https://index.docker.io/v1/": {)"));
}

TEST(AuthChange, KeepsEverythingElseInItsOrder) {
  const std::string before =
      R"({"HttpHeaders":{"X":"y"},"auths":{"b.x":{"auth":"YTpi","email":"e"},"r.x:5":{"auth":"YTpi"},)"
      R"("a.x":{"auth":"YTpi"}},"odd":[1,null,2.5,true],"credHelpers":{"z.x":"z"}})";
  std::string after = with_entry(before, registry, me);
  std::erase_if(after, [](char c) { return c == ' ' || c == '\n'; });
  EXPECT_EQ(
      after,
      R"({"HttpHeaders":{"X":"y"},"auths":{"b.x":{"auth":"YTpi","email":"e"},"r.x:5":{"auth":")" +
          base64_encode("me:sesame:1") +
          R"("},"a.x":{"auth":"YTpi"}},"odd":[1,null,2.5,true],"credHelpers":{"z.x":"z"}})");
}

TEST(AuthChange, OtherNamesOfTheRegistryGo) {
  const std::string before =
      R"({"auths":{"https://r.x:5/v2/":{"auth":"YTpi"},"r.x:5/team":{"auth":"Yzpk"},"docker.io":{"auth":"YTpi"}}})";
  const std::string after = with_entry(before, registry, me);
  EXPECT_EQ(user_in(after, "r.x:5/y"), "me:sesame:1");
  EXPECT_EQ(user_in(after, "r.x:5/team/y"), "c:d") << "what is more exact stays";
  EXPECT_EQ(user_in(with_entry(before, hub, me), "alpine"), "me:sesame:1");
}

TEST(AuthChange, WritesTheOldFormWhereItFindsIt) {
  const std::string after = with_entry(R"({"https://a.x":{"auth":"YTpi"}})", registry, me);
  EXPECT_EQ(user_in(after, "r.x:5/y"), "me:sesame:1");
  EXPECT_EQ(user_in(after, "a.x/y"), "a:b");
  EXPECT_THAT(after, Not(HasSubstr("auths")));
  EXPECT_THAT(with_entry(R"({"proxies":{"default":{}}})", registry, me), HasSubstr("auths"));
}

TEST(AuthChange, RefusesOthersWithoutRepeatingThem) {
  for (const char* text : {"sesame", "[]", R"({"auths":"sesame"})", R"({"a":1,"a":"sesame"})"}) {
    EXPECT_THAT(refusal([&] { return with_entry(text, registry, me); }),
                AllOf(StartsWith("corrupt: "), Not(HasSubstr("sesame"))))
        << text;
    EXPECT_THAT(refusal([&] { return without_entries(text).document; }), StartsWith("corrupt: "));
  }
  for (const char* text : {R"({".dockerconfigjson":"e30="})", R"({"kind":"Secret","data":{}})"}) {
    EXPECT_THAT(refusal([&] { return with_entry(text, registry, me); }),
                AllOf(StartsWith("unsupported: "), HasSubstr("kubectl")));
  }
}

TEST(AuthChange, RemovesAllNamesOfARegistry) {
  const std::string before =
      R"({"auths":{"r.x:5":{"auth":"YTpi"},"https://r.x:5/v1/":{},"r.x:5/team":{"auth":"Yzpk"},"a.x":{"auth":"Yzpk"}},"z":1})";
  const WithoutEntries without = without_entries(before, registry);
  EXPECT_THAT(without.removed, ElementsAre("r.x:5")) << "{} held nothing";
  EXPECT_THAT(without.kept, ElementsAre("r.x:5/team"));
  EXPECT_EQ(user_in(without.document, "r.x:5/y"), "none");
  EXPECT_EQ(user_in(without.document, "a.x/y"), "c:d");
  EXPECT_THAT(without.document, HasSubstr(R"("z": 1)"));
  EXPECT_EQ(without_entries(without.document, registry).document, without.document)
      << "nothing to remove changes nothing";
  EXPECT_THAT(without_entries(before).removed, ElementsAre("r.x:5", "r.x:5/team", "a.x"));
}

/// A home, and a credential helper in PATH that keeps what it is given in a file.
class AuthStore : public testing::Test {
 protected:
  AuthStore() : path_(std::getenv("PATH")) {  // NOLINT(concurrency-mt-unsafe): tests
    ::setenv("PATH", ((directory / "bin").string() + ":" + path_).c_str(), 1);
    fs::create_directories(directory / "bin");
    write_file(directory / "bin/docker-credential-safe", R"(#!/bin/sh
safe=)" + (directory / "safe").string() + R"(
case $1 in
  store) cat > "$safe" ;;
  get) [ -e "$safe" ] && exec cat "$safe"; echo 'credentials not found in native keychain'; exit 1 ;;
  erase) rm "$safe" ;;
esac
)");
    fs::permissions(directory / "bin/docker-credential-safe", fs::perms::owner_all);
  }
  ~AuthStore() override { ::setenv("PATH", path_.c_str(), 1); }

  std::string store(const fs::path& file) {
    return store_credentials(file, registry, {.user = "me", .password = "sesame"});
  }
  std::vector<std::string> erase(const fs::path& file, std::optional<Reference> of = registry) {
    std::vector<std::string> all;
    for (const auto& [server, from] : erase_credentials(file, of, progress)) {
      all.push_back(server + " " + fs::path(from).filename().string());
    }
    return all;
  }
  static mode_t mode(const fs::path& file) {
    struct stat status {};
    ::stat(file.c_str(), &status);
    return status.st_mode & 0777U;
  }

  TemporaryDirectory directory;
  RecordingProgress progress;

 private:
  std::string path_;
};

TEST_F(AuthStore, GoesWhereItIsLookedFor) {
  std::map<std::string, std::string> variables{{"HOME", "/home/me"}};
  const Environment environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  RegistryOptions options;
  EXPECT_EQ(auth_file_to_write(options, environment), "/home/me/.docker/config.json");
  variables["DOCKER_CONFIG"] = "/d";
  EXPECT_EQ(auth_file_to_write(options, environment), "/d/config.json");
  variables["REGISTRY_AUTH_FILE"] = "/r.json";
  EXPECT_EQ(auth_file_to_write(options, environment), "/r.json");
  options.auth_file = "/o.json";
  EXPECT_EQ(auth_file_to_write(options, environment), "/o.json");
  variables.clear();
  options.auth_file.clear();
  EXPECT_THAT(refusal([&] { return auth_file_to_write(options, environment).string(); }),
              AllOf(StartsWith("not_found: "), HasSubstr("--authfile")));
}

TEST_F(AuthStore, OnlyTheOwnerReadsTheFile) {
  const fs::path file = directory / "home/.docker/config.json";
  EXPECT_EQ(store(file), file.string());
  EXPECT_EQ(mode(file), 0600U);
  EXPECT_EQ(mode(file.parent_path()), 0700U);
  EXPECT_EQ(user_in(read_file(file), "r.x:5/y"), "me:sesame");
  fs::permissions(file, fs::perms::owner_all | fs::perms::others_read);
  store(file);
  EXPECT_EQ(mode(file), 0600U);
  EXPECT_EQ(tree(file.parent_path()).size(), 1U) << "nothing is left beside it";
}

TEST_F(AuthStore, ALinkStaysOne) {
  fs::create_directories(directory / "real");
  write_file(directory / "real/config", "{}");
  fs::create_symlink("real/config", directory / "config.json");
  fs::create_symlink("real/new", directory / "dangling.json");
  store(directory / "config.json");
  store(directory / "dangling.json");
  EXPECT_TRUE(fs::is_symlink(directory / "config.json"));
  EXPECT_EQ(user_in(read_file(directory / "real/config"), "r.x:5/y"), "me:sesame");
  EXPECT_EQ(user_in(read_file(directory / "real/new"), "r.x:5/y"), "me:sesame");
  fs::create_symlink("loop", directory / "loop");
  EXPECT_THAT(refusal([&] { return store(directory / "loop"); }), StartsWith("io: "));
}

TEST_F(AuthStore, AnEmptyFileIsANewOne) {
  for (const char* nothing : {"", "\n"}) {
    write_file(directory / "empty", nothing);
    EXPECT_EQ(store(directory / "empty"), (directory / "empty").string());
    EXPECT_EQ(user_in(read_file(directory / "empty"), "r.x:5/y"), "me:sesame");
  }
}

TEST_F(AuthStore, WhatIsWrongStaysAsItIs) {
  write_file(directory / "bad", "sesame{");
  EXPECT_THAT(refusal([&] { return store(directory / "bad"); }),
              AllOf(StartsWith("corrupt: "), HasSubstr("bad: expected JSON")));
  EXPECT_EQ(read_file(directory / "bad"), "sesame{");
  EXPECT_THAT(refusal([&] { return store("/dev/null"); }), StartsWith("invalid_argument: "));
}

TEST_F(AuthStore, WritersWaitForEachOther) {
  const fs::path file = directory / "config.json";
  std::vector<std::jthread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&file, i] {
      store_credentials(file, Reference::parse("r" + std::to_string(i) + ".x/y"),
                        {.user = "u" + std::to_string(i), .password = "p"});
    });
  }
  writers.clear();
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(user_in(read_file(file), "r" + std::to_string(i) + ".x/y"),
              "u" + std::to_string(i) + ":p");
  }
}

TEST_F(AuthStore, AHelperKeepsTheSecret) {
  const fs::path file = directory / "config.json";
  write_file(file, R"({"auths":{"r.x:5":{"auth":"YTpi"}},"credsStore":"safe"})");
  EXPECT_EQ(store(file), "docker-credential-safe");
  EXPECT_EQ(read_file(directory / "safe"),
            R"({"ServerURL":"r.x:5","Username":"me","Secret":"sesame"})");
  EXPECT_EQ(user_in(read_file(file), "r.x:5/y"), "none") << "the old secret is gone, too";
  EXPECT_THAT(erase(file), ElementsAre("r.x:5 docker-credential-safe"));
  EXPECT_FALSE(fs::exists(directory / "safe"));
  EXPECT_THAT(erase(file), IsEmpty());
}

TEST_F(AuthStore, AHelperThatFailsLosesNothing) {
  const fs::path file = directory / "config.json";
  const std::string before = R"({"auths":{"r.x:5":{"auth":"YTpi"}},"credHelpers":{"r.x:5":"bad"}})";
  write_file(file, before);
  write_file(directory / "bin/docker-credential-bad", "#!/bin/sh\necho sesame; exit 3\n");
  fs::permissions(directory / "bin/docker-credential-bad", fs::perms::owner_all);
  EXPECT_THAT(refusal([&] { return store(file); }),
              AllOf(StartsWith("io: "), HasSubstr("docker-credential-bad: expected that it keeps"),
                    Not(HasSubstr("sesame"))));
  EXPECT_EQ(read_file(file), before);
}

TEST_F(AuthStore, AHelperThatFailsKeepsNothingInTheFile) {
  const fs::path file = directory / "config.json";
  write_file(
      file,
      R"({"auths":{"r.x:5":{"auth":"YTpi"}},"credHelpers":{"r.x:5":"missing","z.x":"safe"}})");
  write_file(directory / "safe", R"({"Username":"u","Secret":"s"})");
  EXPECT_THAT(refusal([&] { return erase(file, std::nullopt); }),
              HasSubstr("r.x:5: docker-credential-missing: "));
  EXPECT_EQ(user_in(read_file(file), "r.x:5/y"), "none");
  EXPECT_FALSE(fs::exists(directory / "safe")) << "the others are asked, too";
  EXPECT_THAT(progress.notes(),
              ElementsAre(HasSubstr("removed the credentials for z.x from docker-credential-safe"),
                          HasSubstr("removed the credentials for r.x:5 from ")));
}

TEST_F(AuthStore, ErasesFromFilesAndHelpers) {
  const fs::path file = directory / "config.json";
  EXPECT_THAT(erase(file), IsEmpty()) << "no file, nothing there";
  EXPECT_FALSE(fs::exists(file));
  store(file);
  EXPECT_THAT(erase(file), ElementsAre("r.x:5 config.json"));
  write_file(file, R"({"auths":{"r.x:5/team":{"auth":"YTpi"}}})");
  EXPECT_THAT(erase(file), IsEmpty());
  EXPECT_THAT(progress.warnings(), ElementsAre(HasSubstr("still has credentials for r.x:5/team")));
}

TEST_F(AuthStore, ErasesAll) {
  const fs::path file = directory / "config.json";
  write_file(file,
             R"({"auths":{"a.x":{"auth":"YTpi"},"r.x:5":{}},"credHelpers":{"r.x:5":"safe"}})");
  store(file);
  EXPECT_THAT(erase(file, std::nullopt),
              ElementsAre("r.x:5 docker-credential-safe", "a.x config.json"));
}

}  // namespace
}  // namespace ocimux::test
