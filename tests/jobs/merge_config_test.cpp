#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string linux_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

MergeOptions two_platforms(const Workspace& work) {
  return work.options(
      {work.rootfs("app-linux-amd64.tar", "a"), work.rootfs("app-linux-arm64.tar", "b")});
}

TEST(MergeConfig, WithoutAnyItIsWhatBuildKitWouldWrite) {
  const Workspace work;
  MergeOptions options = two_platforms(work);
  merge(options);
  const Document config = ReadLayout(options.output).config(0);
  EXPECT_EQ(config["config"]["Env"], Document({linux_path}));
  EXPECT_EQ(config["config"]["WorkingDir"], "/");
  EXPECT_EQ(config["created"], "2023-11-14T22:13:20Z");  // the newest entry of the tar
  EXPECT_EQ(config["rootfs"]["type"], "layers");
  EXPECT_EQ(config["history"].size(), 1);
}

TEST(MergeConfig, ComesFromAFileAnotherImageAndInstructionsInThisOrder) {
  const Workspace work;
  LayoutBuilder other;
  other.simple({"linux", "amd64"});  // its Env is A=b
  MergeOptions options = two_platforms(work);
  options.configs = {
      {Selector(), work.file("config.json", R"({"config":{"User":"file","Cmd":["file"]}})")}};
  options.configs_from = {{selector("linux/amd64"), work.archive("other.tar", other)}};
  options.changes = {{Selector(), "CMD [\"changed\"]"}, {selector("linux/arm64"), "ENV X=y"}};
  merge(options);
  const ReadLayout out(options.output);
  out.check();
  EXPECT_THAT(out.config(0)["config"]["Env"], testing::Contains("A=b"));
  EXPECT_EQ(out.config(0)["config"]["Cmd"], Document({"changed"}));
  EXPECT_EQ(out.config(1)["config"]["User"], "file");
  EXPECT_EQ(out.config(1)["config"]["Cmd"], Document({"changed"}));
  EXPECT_THAT(out.config(1)["config"]["Env"], testing::Contains("X=y"));
}

TEST(MergeConfig, MostSpecificSelectorWins) {
  const Workspace work;
  MergeOptions options = two_platforms(work);
  options.configs = {
      {selector("linux/arm64"), work.file("arm.json", R"({"config":{"User":"arm"}})")},
      {Selector(), work.file("all.json", R"({"config":{"User":"all"}})")}};
  options.changes = {{selector("linux/arm64"), "WORKDIR /arm"}, {Selector(), "WORKDIR /all"}};
  merge(options);
  const ReadLayout out(options.output);
  EXPECT_EQ(out.config(0)["config"]["User"], "all");
  EXPECT_EQ(out.config(1)["config"]["User"], "arm");
  EXPECT_EQ(out.config(0)["config"]["WorkingDir"], "/all");
  EXPECT_EQ(out.config(1)["config"]["WorkingDir"], "/arm");
}

TEST(MergeConfig, OfAnotherImageIsThatOfTheSamePlatform) {
  const Workspace work;
  LayoutBuilder other;
  for (const std::string architecture : {"amd64", "arm64"}) {
    const std::string manifest =
        other.image({.platform = {"linux", architecture},
                     .config_members = R"(,"author":")" + architecture + R"(")"});
    other.top(manifest, oci_manifest_type);
  }
  MergeOptions options = two_platforms(work);
  options.configs_from = {{Selector(), work.archive("other.tar", other)}};
  merge(options);
  ReadLayout(options.output).check();
  options.inputs.push_back({work.rootfs("app-linux-s390x.tar")});
  const Error error = merge_refusal(work, options);
  EXPECT_EQ(error.code(), Errc::not_found);
  EXPECT_THAT(error.what(), HasSubstr("linux/s390x"));
}

TEST(MergeConfig, PlatformOfAFileCounts) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("app.tar")});
  options.configs = {
      {Selector(), work.file("config.json", R"({"os":"linux","architecture":"riscv64"})")}};
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("linux/riscv64"));
}

TEST(MergeConfig, DamagedFilesAreRefused) {
  const Workspace work;
  for (const std::string& config :
       {std::string("{"), std::string("[]"), std::string(R"({"config":{},"config":{}})"),
        std::string(R"({"config":[]})"), std::string(5 << 20, ' ') + "{}"}) {
    MergeOptions options = two_platforms(work);
    options.configs = {{Selector(), work.file("config.json", config)}};
    EXPECT_THAT(merge_refusal(work, options).what(), HasSubstr("config.json"));
  }
  MergeOptions options = two_platforms(work);
  options.configs = {{Selector(), work.path("missing.json")}};
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::not_found);
}

TEST(MergeConfig, OptionsWithoutEffectAreRefused) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"});
  const std::string archive = work.archive("in.tar", builder);
  const std::string file = work.file("config.json", R"({"config":{}})");
  const Selector none = selector("linux/s390x");
  std::vector<std::pair<std::string, std::function<void(MergeOptions&)>>> cases;
  const auto add = [&](const std::string& name, std::function<void(MergeOptions&)> set) {
    cases.emplace_back(name, std::move(set));
  };
  add("--config", [&](MergeOptions& o) { o.configs = {{Selector(), file}}; });
  add("--config-from", [&](MergeOptions& o) { o.configs_from = {{Selector(), archive}}; });
  add("--change", [&](MergeOptions& o) { o.changes = {{Selector(), "USER x"}}; });
  add("--variant", [&](MergeOptions& o) { o.variants = {{none, "v2"}}; });
  add("--os-version", [&](MergeOptions& o) { o.os_versions = {{none, "10.0.1"}}; });
  add("--os-features", [&](MergeOptions& o) { o.os_features = {{none, {"x"}}}; });
  add("--annotation", [&](MergeOptions& o) {
    o.annotations = {{AnnotationScope::descriptor, none, "k", "v"}};
  });
  for (const auto& [name, set] : cases) {
    MergeOptions options = work.options({archive});
    set(options);
    const Error error = merge_refusal(work, options);
    EXPECT_EQ(error.code(), Errc::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr(name + ": expected"));
  }
}

TEST(MergeConfig, MalformedInstructionsAreRefused) {
  const Workspace work;
  for (const std::string change : {"", "CMD", "NONSENSE x", "EXPOSE 99999", "USER", "RUN true"}) {
    MergeOptions options = two_platforms(work);
    options.changes = {{Selector(), change}};
    EXPECT_EQ(merge_refusal(work, options).code(), Errc::invalid_argument) << change;
  }
}

}  // namespace
}  // namespace ocimux::test
