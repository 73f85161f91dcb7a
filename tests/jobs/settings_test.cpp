#include <ocimux/jobs/settings.hpp>

#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

/// An image whose config has @p settings as its member `config`.
std::string image(const Workspace& work, const std::string& settings) {
  LayoutBuilder builder;
  std::string manifest = builder.image({});
  const std::string written = R"("config":{"Env":["A=b"]})";
  const auto blob = std::find_if(builder.blobs.begin(), builder.blobs.end(), [&](const auto& one) {
    return one.second.find(written) != std::string::npos;
  });
  const std::string before = blob->second;
  std::string after = before;
  after.replace(after.find(written), written.size(), settings);
  builder.blob(after);
  const std::string type = "application/vnd.oci.image.config.v1+json";
  const std::string old = descriptor(type, before);
  manifest.replace(manifest.find(old), old.size(), descriptor(type, after));
  builder.blob(manifest);
  builder.top(manifest, oci_manifest_type, "main");
  return work.layout("layout", builder);
}

TEST(Settings, AreThoseOfTheConfig) {
  const Workspace work;
  const RuntimeSettings settings = read_settings(
      image(work, R"("config":{"Entrypoint":["/bin/app","-x"],"Cmd":["serve"],)"
                  R"("Env":["A=1","B=2=3","A=2","C"],"Labels":{"l":"v"},"User":"5:6",)"
                  R"("WorkingDir":"/w","StopSignal":"SIGINT",)"
                  R"("ExposedPorts":{"90/udp":{},"80/tcp":{}},"Volumes":{"/v":{}}})"),
      Platform::parse("linux/amd64"));
  EXPECT_THAT(settings.entrypoint, ElementsAre("/bin/app", "-x"));
  EXPECT_THAT(settings.cmd, ElementsAre("serve"));
  EXPECT_THAT(settings.env, UnorderedElementsAre(Pair("A", "2"), Pair("B", "2=3"), Pair("C", "")));
  EXPECT_THAT(settings.labels, ElementsAre(Pair("l", "v")));
  EXPECT_THAT(settings.exposed_ports, ElementsAre("80/tcp", "90/udp"));
  EXPECT_THAT(settings.volumes, ElementsAre("/v"));
  EXPECT_EQ(settings.user, "5:6");
  EXPECT_EQ(settings.working_dir, "/w");
  EXPECT_EQ(settings.stop_signal, "SIGINT");
}

TEST(Settings, MayBeNone) {
  const Workspace none;
  EXPECT_THAT(read_settings(image(none, R"("author":"me")")).entrypoint, IsEmpty());
  const Workspace nulls;
  EXPECT_THAT(read_settings(image(nulls, R"("config":{"Entrypoint":null,"Volumes":null})")).volumes,
              IsEmpty());
}

TEST(Settings, OfAnotherShapeAreCorrupt) {
  const Workspace work;
  const std::string path = image(work, R"("config":{"Entrypoint":"/bin/app"})");
  EXPECT_EQ(error_of([&] { read_settings(path); }).code(), Errc::corrupt);
  EXPECT_EQ(error_of([&] { read_settings(path, Platform::parse("linux/arm64")); }).code(),
            Errc::not_found);
  EXPECT_EQ(error_of([&] { read_settings(work.rootfs("x-linux-amd64.tar")); }).code(),
            Errc::not_found)
      << "a tar has no config";
}

}  // namespace
}  // namespace ocimux::test
