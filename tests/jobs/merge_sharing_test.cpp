#include <ocimux/jobs/merge.hpp>

#include "support/merging.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

// Blobs of an input layout become further names of the same files, or are copied.

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::LayoutBuilder;
using test::Workspace;

/// A layout `in` with one image, ready to be merged into `out`.
class Sharing : public testing::Test {
 protected:
  Sharing() {
    LayoutBuilder builder;
    builder.simple({}, "one");
    in = workspace.layout("in", builder);
    for (const fs::path& blob : blobs(in)) ::chmod(blob.c_str(), mode_of_new_files());
  }

  static std::vector<fs::path> blobs(const fs::path& layout) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(layout / "blobs" / "sha256")) {
      paths.push_back(entry.path());
    }
    return paths;
  }
  static mode_t mode_of_new_files() {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return 0666U & ~mask;
  }
  /// How many blobs of the output are the input's files.
  [[nodiscard]] int shared() const {
    int count = 0;
    for (const fs::path& blob : blobs(workspace.path("out"))) {
      std::error_code failure;
      count += fs::equivalent(blob, fs::path(in) / "blobs" / "sha256" / blob.filename(), failure);
    }
    return count;
  }

  /// What is in `out` after a merge of `in`, with nothing there before.
  [[nodiscard]] std::map<std::string, std::string> merged(const MergeOptions& options) const {
    fs::remove_all(workspace.path("out"));
    merge(options);
    return test::tree(workspace.path("out"));
  }

  Workspace workspace;
  std::string in;
};

TEST_F(Sharing, ALayerIsAnotherNameOfTheSameFile) {
  merge(workspace.options({in}));
  EXPECT_GE(shared(), 1) << "on a file system without clones";
}

TEST_F(Sharing, NotWithoutHardLinks) {
  MergeOptions options = workspace.options({in});
  options.hard_links = false;
  merge(options);
  EXPECT_EQ(shared(), 0);
}

TEST_F(Sharing, TheResultIsTheSameEitherWayAndWithoutSyncing) {
  const MergeOptions options = workspace.options({in});
  MergeOptions copying = options;
  copying.hard_links = false;
  MergeOptions unsynced = options;
  unsynced.sync = false;
  const auto linked = merged(options);
  EXPECT_FALSE(linked.empty());
  EXPECT_EQ(merged(copying), linked);
  EXPECT_EQ(merged(unsynced), linked);
}

// umoci's and skopeo's blobs are for their owner alone; the output's are for whom the umask says.
TEST_F(Sharing, AnotherModeIsCopied) {
  for (const fs::path& blob : blobs(in)) ::chmod(blob.c_str(), 0600);
  merge(workspace.options({in}));
  EXPECT_EQ(shared(), 0);
  for (const fs::path& blob : blobs(workspace.path("out"))) {
    struct stat status {};
    ASSERT_EQ(::stat(blob.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, mode_of_new_files());
  }
}

TEST_F(Sharing, ADamagedFileIsNotShared) {
  for (const fs::path& blob : blobs(in)) {
    std::string content = test::read_file(blob);
    if (content.find("mediaType") != std::string::npos || content.find("rootfs") < content.size()) {
      continue;  // the documents
    }
    content.back() = static_cast<char>(content.back() ^ 1);
    test::write_file(blob, content);
  }
  EXPECT_EQ(test::merge_refusal(workspace, workspace.options({in})).code(), Errc::corrupt);
}

TEST_F(Sharing, ALayoutMergedIntoItselfStaysWhole) {
  const auto before = test::tree(fs::path(in) / "blobs");
  MergeOptions options = workspace.options({in});
  options.output = in;
  options.tags = {"again"};
  merge(options);
  const auto after = test::tree(fs::path(in) / "blobs");
  for (const auto& [name, content] : before) EXPECT_EQ(after.at(name), content) << name;
}

TEST_F(Sharing, AnArchiveOfItIsTheSameEitherWay) {
  MergeOptions options = workspace.options({in});
  options.output = workspace.path("shared.tar");
  merge(options);
  options.output = workspace.path("copied.tar");
  options.hard_links = false;
  merge(options);
  EXPECT_EQ(test::read_file(workspace.path("shared.tar")),
            test::read_file(workspace.path("copied.tar")));
}

}  // namespace
}  // namespace ocimux
