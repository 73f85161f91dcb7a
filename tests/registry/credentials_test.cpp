#include "registry/credentials.hpp"

#include "registry/auth_file.hpp"
#include "registry/base64.hpp"
#include "registry/credential_helper.hpp"
#include "support/files.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string auth(const std::string& text) { return R"({"auth":")" + base64_encode(text) + R"("})"; }

std::string user_in(const std::string& document, const std::string& reference) {
  const FoundAuth found = find_auth(document, Reference::parse(reference));
  return found.credentials ? found.credentials->user + ":" + found.credentials->password : "none";
}

TEST(Base64, GoesBothWays) {
  const std::map<std::string, std::string> pairs{
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xff\xfe", "//4="}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
  }
  EXPECT_EQ(base64_decode("Zm8"), "fo");
  EXPECT_EQ(base64_decode("Zm9v\nZm9v\n"), "foofoo");
  EXPECT_EQ(base64_decode("Z"), std::nullopt);
  EXPECT_EQ(base64_decode("Zm9*"), std::nullopt);
}

TEST(AuthFile, TheLongestKeyCounts) {
  const std::string document = R"({"auths":{"r.x":)" + auth("host:1") + R"(,"r.x/a/b":)" +
                               auth("deep:1") + R"(,"r.x/a":)" + auth("team:1") + R"(,"r.x/ab":)" +
                               auth("other:1") + "}}";
  EXPECT_EQ(user_in(document, "r.x/a/b"), "deep:1");
  EXPECT_EQ(user_in(document, "r.x/a/b/c"), "deep:1");
  EXPECT_EQ(user_in(document, "r.x/a/c"), "team:1");
  EXPECT_EQ(user_in(document, "r.x/abc"), "host:1");
  EXPECT_EQ(user_in(document, "r.x:443/a/b"), "none") << "another registry";
}

TEST(AuthFile, KeysMayHaveSchemeAndVersion) {
  for (const char* key : {"https://r.x", "http://r.x/", "https://r.x/v2/", "r.x/v1/"}) {
    EXPECT_EQ(user_in(std::string(R"({"auths":{")") + key + "\":" + auth("a:b") + "}}", "r.x/y"),
              "a:b")
        << key;
  }
}

TEST(AuthFile, KnowsDockerHubByAllItsNames) {
  for (const char* key :
       {"https://index.docker.io/v1/", "docker.io", "index.docker.io", "registry-1.docker.io"}) {
    EXPECT_EQ(
        user_in(std::string(R"({"auths":{")") + key + "\":" + auth("a:b") + "}}", "velero/velero"),
        "a:b")
        << key;
  }
  EXPECT_EQ(server_name(Reference::parse("alpine")), "https://index.docker.io/v1/");
  EXPECT_EQ(server_name(Reference::parse("r.x:5/y")), "r.x:5");
}

TEST(AuthFile, ReadsAllMembers) {
  EXPECT_EQ(user_in(R"({"auths":{"r.x":{"username":"u","password":"p"}}})", "r.x/y"), "u:p");
  EXPECT_EQ(user_in(R"({"auths":{"r.x":)" + auth("u:a:b") + "}}", "r.x/y"), "u:a:b");
  EXPECT_EQ(user_in(R"({"auths":{"r.x":)" + auth(std::string("u:p\0\0", 5)) + "}}", "r.x/y"),
            "u:p");
  const auto found =
      find_auth(R"({"auths":{"r.x":{"auth":"dTo=","identitytoken":"i","registrytoken":"t"}}})",
                Reference::parse("r.x/y"));
  EXPECT_EQ(found.credentials->identity_token, "i");
  EXPECT_EQ(found.credentials->registry_token, "t");
  EXPECT_EQ(user_in(R"({"auths":{"r.x":{}}})", "r.x/y"), "none") << "as with a credsStore";
  for (const char* nothing : {"", " \n", "{}"}) EXPECT_EQ(user_in(nothing, "r.x/y"), "none");
}

TEST(AuthFile, ReadsTheOldFormAndSecretsOfKubernetes) {
  const std::string old = R"({"https://r.x/v1/":)" + auth("a:b") + "}";
  const std::string document = R"({"auths":{"r.x":)" + auth("a:b") + "}}";
  EXPECT_EQ(user_in(old, "r.x/y"), "a:b");
  EXPECT_EQ(user_in(R"({".dockerconfigjson":")" + base64_encode(document) + R"("})", "r.x/y"),
            "a:b");
  EXPECT_EQ(user_in(R"({"kind":"Secret","type":"kubernetes.io/dockerconfigjson","data":)"
                    R"({".dockerconfigjson":")" +
                        base64_encode(document) + R"("}})",
                    "r.x/y"),
            "a:b");
  EXPECT_EQ(user_in(R"({"kind":"Secret","data":{".dockercfg":")" + base64_encode(old) + R"("}})",
                    "r.x/y"),
            "a:b");
}

// As `kubectl get secret NAME -o yaml` shows it.
std::string secret_yaml(const std::string& data) {
  return "apiVersion: v1\ndata:\n" + data +
         "kind: Secret\nmetadata:\n  creationTimestamp: null\n  name: builder\n  ownerReferences:\n"
         "  - apiVersion: v1\n    name: x\ntype: kubernetes.io/dockerconfigjson\n";
}

TEST(AuthFile, ReadsSecretsInYaml) {
  const std::string old = R"({"https://r.x/v1/":)" + auth("a:b") + "}";
  const std::string document = R"({"auths":{"r.x":)" + auth("a:b") + "}}";
  const std::string encoded = base64_encode(document);
  EXPECT_EQ(user_in(secret_yaml("  .dockerconfigjson: " + encoded + "\n"), "r.x/y"), "a:b");
  EXPECT_EQ(user_in("---\n" + secret_yaml("  .dockerconfigjson: >-\n    " + encoded.substr(0, 20) +
                                          "\n    " + encoded.substr(20) + "\n"),
                    "r.x/y"),
            "a:b")
      << "folded, which leaves spaces in between";
  EXPECT_EQ(user_in(secret_yaml("  .dockercfg: " + base64_encode(old) + "\n"), "r.x/y"), "a:b");
  EXPECT_EQ(user_in("stringData:\n  .dockerconfigjson: |\n    " + document + "\n", "r.x/y"), "a:b");
}

TEST(AuthFile, RefusesYamlThatIsNoSecret) {
  const std::string deep(100, '[');
  for (const std::string& text :
       {std::string("sesame"), std::string("data: sesame"), std::string("a: b"), "x: " + deep,
        "# \n" + deep, std::string("a: &a sesame\nb: *a\n"), std::string("a: &a [x]\n"),
        std::string("a: 1\na: 2\ndata: {.dockercfg: e30=}\n"), std::string("? [a]\n: b\n"),
        std::string("- a"), std::string("a: \"sesame"), std::string("data: {.dockercfg: '!'}")}) {
    EXPECT_THAT(refusal([&] { return find_auth(text, Reference::parse("r.x/y")).helper; }),
                AllOf(StartsWith("corrupt: "), Not(HasSubstr("sesame"))))
        << text;
  }
}

TEST(AuthFile, NamesHelpers) {
  const std::string document =
      R"({"auths":{"r.x":{}},"credHelpers":{"r.x":"one","https://index.docker.io/v1/":"hub"},)"
      R"("credsStore":"store"})";
  const auto helper = [&](const char* reference) {
    return find_auth(document, Reference::parse(reference)).helper;
  };
  EXPECT_EQ(helper("r.x/a"), "one");
  EXPECT_EQ(helper("alpine"), "hub");
  EXPECT_EQ(helper("other.x/a"), "store");
}

/// A home with files, and helpers in PATH.
class FindCredentials : public testing::Test {
 protected:
  FindCredentials() : path_(std::getenv("PATH")) {  // NOLINT(concurrency-mt-unsafe): tests
    environment["HOME"] = (directory / "home").string();
    environment["XDG_RUNTIME_DIR"] = (directory / "run").string();
    ::setenv("PATH", ((directory / "bin").string() + ":" + path_).c_str(), 1);
  }
  ~FindCredentials() override { ::setenv("PATH", path_.c_str(), 1); }

  std::string put(const std::string& name, const std::string& content) {
    std::filesystem::create_directories((directory / name).parent_path());
    write_file(directory / name, content);
    return (directory / name).string();
  }
  void keep(const std::string& name, const std::string& who) {
    put(name, R"({"auths":{"r.x":)" + auth(who + ":p") + "}}");
  }
  void helper(const std::string& name, const std::string& script) {
    const std::string path = put("bin/docker-credential-" + name, "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  std::string user() {
    const auto found = find_credentials(
        Reference::parse("r.x/y"), options,
        [this](const std::string& name) -> std::optional<std::string> {
          const auto value = environment.find(name);
          return value == environment.end() ? std::nullopt : std::optional(value->second);
        },
        progress);
    return found ? found->user : "none";
  }

  TemporaryDirectory directory;
  RegistryOptions options;
  std::map<std::string, std::string> environment;
  RecordingProgress progress;

 private:
  std::string path_;
};

TEST_F(FindCredentials, LooksWhereDockerAndPodmanLook) {
  EXPECT_EQ(user(), "none");
  keep("home/.dockercfg", "oldest");
  EXPECT_EQ(user(), "oldest");
  keep("home/.docker/config.json", "docker");
  EXPECT_EQ(user(), "docker");
  environment["DOCKER_CONFIG"] = (directory / "elsewhere").string();
  keep("elsewhere/config.json", "elsewhere");
  EXPECT_EQ(user(), "elsewhere");
  keep("home/.config/containers/auth.json", "containers");
  EXPECT_EQ(user(), "containers");
  keep("run/containers/auth.json", "run");
  EXPECT_EQ(user(), "run");
  environment["DOCKER_AUTH_CONFIG"] = R"({"auths":{"r.x":)" + auth("variable:p") + "}}";
  EXPECT_EQ(user(), "variable");
  environment.erase("DOCKER_AUTH_CONFIG");
  keep("named", "named");
  environment["REGISTRY_AUTH_FILE"] = (directory / "named").string();
  EXPECT_EQ(user(), "named");
  keep("option", "option");
  options.auth_file = directory / "option";
  EXPECT_EQ(user(), "option");
  options.credentials = "typed:secret";
  EXPECT_EQ(user(), "typed");
}

TEST_F(FindCredentials, AFileThatIsNamedMustBeThere) {
  keep("home/.docker/config.json", "docker");
  options.auth_file = directory / "missing";
  EXPECT_THAT(refusal([&] { return user(); }), StartsWith("not_found: "));
}

TEST_F(FindCredentials, ErrorsHoldNoSecret) {
  for (const char* text : {R"({"auths":{"r.x":{"auth":"sesame!"}}})", R"({"auths":"sesame"})",
                           R"(["sesame"])", "sesame", R"({"credsStore":{"sesame":1}})"}) {
    put("home/.docker/config.json", text);
    EXPECT_THAT(refusal([&] { return user(); }),
                AllOf(StartsWith("corrupt: "), HasSubstr("config.json"), Not(HasSubstr("sesame"))))
        << text;
  }
  options.credentials = "sesame";
  EXPECT_THAT(refusal([&] { return user(); }),
              AllOf(StartsWith("invalid_argument: "), Not(HasSubstr("sesame"))));
}

TEST_F(FindCredentials, AsksTheHelper) {
  helper("one", R"(read server || true; [ "$1 $server" = "get r.x" ] || exit 9
printf '{"ServerURL":"r.x","Username":"helped","Secret":"s"}')");
  put("home/.docker/config.json",
      R"({"credHelpers":{"r.x":"one"},"auths":{"r.x":)" + auth("kept:p") + "}}");
  EXPECT_EQ(user(), "helped");
  EXPECT_THAT(progress.warnings(), IsEmpty());
}

TEST_F(FindCredentials, GoesOnWhenTheHelperHasNoneOrFails) {
  put("home/.docker/config.json", R"({"credsStore":"one","auths":{"r.x":)" + auth("kept:p") + "}}");
  helper("one", "echo 'credentials not found in native keychain'; exit 1");
  EXPECT_EQ(user(), "kept");
  EXPECT_THAT(progress.warnings(), IsEmpty());
  helper("one", "echo sesame; exit 3");
  EXPECT_EQ(user(), "kept");
  EXPECT_THAT(progress.warnings(),
              ElementsAre(AllOf(HasSubstr("docker-credential-one: expected credentials, found exit "
                                          "status 3"),
                                Not(HasSubstr("sesame")))));
  put("home/.docker/config.json",
      R"({"credsStore":"missing","auths":{"r.x":)" + auth("kept:p") + "}}");
  EXPECT_EQ(user(), "kept");
  EXPECT_THAT(progress.warnings().back(), HasSubstr("docker-credential-missing"));
}

TEST_F(FindCredentials, HelpersAnswersAreBounded) {
  const auto ask = [](std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
    return refusal([&] { return ask_credential_helper("odd", "r.x", {}, timeout); });
  };
  helper("odd", R"(printf '{"Username":"<token>","Secret":"i"}')");
  EXPECT_EQ(ask_credential_helper("odd", "r.x")->identity_token, "i");
  helper("odd", "exec yes sesame");
  EXPECT_THAT(ask(),
              AllOf(StartsWith("corrupt: docker-credential-odd: "), Not(HasSubstr("sesame"))));
  helper("odd", "echo sesame");
  EXPECT_THAT(ask(),
              AllOf(StartsWith("corrupt: docker-credential-odd: "), Not(HasSubstr("sesame"))));
  helper("odd", "exec sleep 1000");
  EXPECT_THAT(ask(std::chrono::milliseconds(100)), HasSubstr("expected an answer within"));
  helper("odd", "exec >&-; exec sleep 1000");
  EXPECT_THAT(ask(std::chrono::milliseconds(100)), HasSubstr("expected an answer within"))
      << "the end of its answer is not its own";
  for (const char* name : {"", "../x", "a/b", "a b", "x;y"}) {
    EXPECT_THAT(refusal([&] { return ask_credential_helper(name, "r.x"); }),
                StartsWith("invalid_argument: "))
        << name;
  }
}

}  // namespace
}  // namespace ocimux::test
