#include "registry/certificates.hpp"

#include "support/files.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

const Origin registry{"https", "r.example", "443"};

TEST(Certificates, AreTakenFromDirectoriesAsDockerHasThem) {
  const TemporaryDirectory directory;
  write_file(directory / "b.crt", "B");
  write_file(directory / "a.crt", "A");
  write_file(directory / "client.cert", "own");
  write_file(directory / "client.key", "key");
  write_file(directory / "README", "no certificate");
  write_file(directory / "ca.pem", "C");
  const Certificates found =
      read_certificates(directory / "ca.pem", {directory.path(), directory / "missing"}, registry);
  EXPECT_THAT(found.authorities, testing::EndsWith("C\nA\nB\n"));
  ASSERT_TRUE(found.own);
  EXPECT_EQ(found.own->to, registry);
  EXPECT_EQ(found.own->certificate, (directory / "client.cert").string());
  EXPECT_EQ(found.own->key, (directory / "client.key").string());
}

TEST(Certificates, AreNoneWhereThereAreNone) {
  const Certificates found = read_certificates({}, {"/nonexistent"}, registry);
  EXPECT_EQ(found.authorities, "");
  EXPECT_FALSE(found.own);
}

TEST(Certificates, ThatAreNamedMustBeThere) {
  const TemporaryDirectory directory;
  EXPECT_THAT(refusal([&] { return read_certificates(directory / "no", {}, registry); }),
              StartsWith("not_found: "));
  write_file(directory / "client.cert", "own");
  EXPECT_THAT(refusal([&] { return read_certificates({}, {directory.path()}, registry); }),
              AllOf(StartsWith("invalid_argument: "), HasSubstr("client.key")));
}

TEST(Certificates, OfARegistryAreWhereDockerAndPodmanLook) {
  const auto all = usual_certificate_directories("r.example:5000");
  EXPECT_THAT(all, Contains(std::filesystem::path("/etc/docker/certs.d/r.example:5000")));
  EXPECT_THAT(all, Contains(std::filesystem::path("/etc/containers/certs.d/r.example:5000")));
}

}  // namespace
}  // namespace ocimux::test
