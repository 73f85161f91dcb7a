#include <ocimux/spec/image_name.hpp>

#include <gtest/gtest.h>

namespace ocimux {
namespace {

TEST(ImageName, IsWrittenAsContainerEnginesKnowIt) {
  EXPECT_EQ(normalized_image_name("velero/velero:main"), "docker.io/velero/velero:main");
  EXPECT_EQ(normalized_image_name("busybox:1"), "docker.io/library/busybox:1");
  EXPECT_EQ(normalized_image_name("docker.io/busybox:1"), "docker.io/library/busybox:1");
  EXPECT_EQ(normalized_image_name("index.docker.io/a/b:1"), "docker.io/a/b:1");
  EXPECT_EQ(normalized_image_name("docker.io/velero/velero:main"), "docker.io/velero/velero:main");
}

TEST(ImageName, AHostStays) {
  for (const char* name :
       {"gcr.io/p/a:1", "localhost/a:1", "localhost:5000/a:1", "host:5000/a/b:1"}) {
    EXPECT_EQ(normalized_image_name(name), name);
  }
}

}  // namespace
}  // namespace ocimux
