// What a build would have left: root filesystem tars in the working directory.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace {

class Inputs final : public testing::Environment {
 public:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / "ocimux-consumer-XXXXXX";
    std::string name = root_.string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory to work in");
    root_ = name;
    std::filesystem::current_path(root_);
    ::setenv("TESTDATA", OCIMUX_TESTDATA, 1);
    const int status = std::system(R"(set -eu
      pack() { # FILE PROGRAM SECONDS
        mkdir -p root/etc root/usr/share again
        cp "$TESTDATA/binaries/$2" root/velero
        chmod 755 root/velero
        ln -sf ../velero root/etc/link
        ln -sf nowhere root/etc/dangling
        printf 'ID=distroless\n' > root/etc/os-release
        tar --sort=name --mtime="@$3" --owner=0 --group=0 --numeric-owner -C root -cf "$1" .
        rm -r root
      }
      pack velero-main-linux-amd64.tar linux-amd64 1700000000
      pack velero-main-linux-arm64.tar linux-arm64 1700000000
      pack again/velero-main-linux-amd64.tar linux-amd64 1700000000
      pack later-linux-amd64.tar linux-amd64 1800000000
      pack wrong-linux-arm64.tar linux-amd64 1700000000
      echo 'no image' > nonsense)");
    if (status != 0) throw std::runtime_error("the inputs could not be made");
  }
  void TearDown() override {
    std::filesystem::current_path("/");
    std::filesystem::remove_all(root_);
  }

 private:
  std::filesystem::path root_;
};

[[maybe_unused]] const auto* const inputs = testing::AddGlobalTestEnvironment(new Inputs);

}  // namespace
