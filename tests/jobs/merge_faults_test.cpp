#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <random>

// What fails or is stopped at any moment leaves the output as it was, and no temporary files.

namespace ocimux::test {
namespace {

/// Where writing to the disk costs nothing, for thousands of merges.
std::filesystem::path in_memory() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
}

/// Asks to stop at the Nth call of any kind.
class StoppingProgress final : public Progress {
 public:
  explicit StoppingProgress(int at) : left_(at) {}
  Task begin(std::string_view /*name*/, std::int64_t /*bytes*/) override { return count(), 1; }
  void advance(Task /*task*/, std::int64_t /*bytes*/) override { count(); }
  void end(Task /*task*/) override { count(); }
  void note(std::string_view /*text*/) override { count(); }
  void warn(std::string_view /*text*/) override { count(); }

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  void count() {
    if (--left_ == 0) stop_.request_stop();
  }
  std::atomic<int> left_;
  std::stop_source stop_;
};

MergeOptions everything(const Workspace& work) {
  LayoutBuilder builder;
  builder.simple({"linux", "arm64"});
  MergeOptions options = work.options(
      {work.rootfs("app-windows-1809-amd64.tar", random_bytes(100'000, 1)),
       work.archive("oci.tar", builder),
       work.file("saved.tar", docker_archive({.platform = {"linux", "s390x"}})),
       work.file("packed-linux-ppc64le.tar.gz",
                 filtered_by("gzip", TarBuilder().file("a", random_bytes(50'000, 2)).bytes()))});
  options.tags = {"main"};
  return options;
}

TEST(MergeFaults, StoppedAtAnyMomentLeavesNoTrace) {
  const Workspace work(in_memory());
  MergeOptions options = everything(work);
  MergeOptions first = work.options({work.rootfs("first-linux-amd64.tar")});
  first.output = work.path("there");
  merge(first);
  for (const std::string name : {"new/out", "there", "new.tar"}) {
    options.output = work.path(name);
    const auto before = work.tree();
    bool done = false;
    int calls = 0;
    while (!done) {
      StoppingProgress progress(++calls);
      try {
        merge(options, progress, progress.token());
        done = true;
      } catch (const Error& error) {
        ASSERT_EQ(error.code(), Errc::cancelled) << error.what();
        ASSERT_EQ(work.tree(), before) << name << " stopped at call " << calls;
      }
      ASSERT_LT(calls, 1000);
    }
    EXPECT_GT(calls, 10) << name;
  }
  ReadLayout(work.path("there")).check();
  ReadLayout(work.path("new/out")).check();
}

/// No file of this process may grow beyond this.
class FileSizeLimit final {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

// Writing fails at byte N, for every N of a small image and both kinds of output.
TEST(MergeFaults, FailingWritesLeaveNoTrace) {
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const Workspace work(in_memory());
  LayoutBuilder builder;
  builder.simple({"linux", "arm64"});
  MergeOptions options =
      work.options({work.rootfs("app-linux-amd64.tar"), work.archive("oci.tar", builder)});
  options.tags = {"main"};
  MergeOptions first = work.options({work.rootfs("first-linux-amd64.tar")});
  first.output = work.path("there");
  merge(first);
  for (const std::string name : {"out", "there", "out.tar"}) {
    options.output = work.path(name);
    const auto before = work.tree();
    bool done = false;
    std::size_t limit = 0;
    const std::size_t step = name == "out" ? 1 : 7;
    for (; !done; limit += limit < 1100 ? step : 97) {
      ASSERT_LT(limit, 100'000);
      try {
        const FileSizeLimit limited(limit);
        merge(options);
        done = true;
      } catch (const Error& error) {
        ASSERT_EQ(error.code(), Errc::io) << error.what();
      }
      if (done) break;
      ASSERT_EQ(work.tree(), before) << name << ", at byte " << limit;
    }
    EXPECT_GT(limit, 300) << name;
  }
  ReadLayout(work.path("there")).check();
  std::signal(SIGXFSZ, handler);
}

TEST(MergeReproducible, WithAnyThreadsOrderAndTimes) {
  const Workspace work;
  const MergeOptions all = everything(work);
  std::optional<std::map<std::string, std::string>> expected;
  std::vector<MergeInput> inputs = all.inputs;
  std::mt19937 random(1);
  for (const std::size_t jobs : {1U, 2U, 8U, 1U, 8U}) {
    MergeOptions options = all;
    options.jobs = jobs;
    options.inputs = inputs;
    options.tags = {"b/c:d", "a"};
    if (jobs == 8) std::reverse(options.tags.begin(), options.tags.end());
    options.platform_tags = true;
    options.output = work.path("out");
    merge(options);
    auto found = tree(options.output);
    if (!expected) expected = found;
    EXPECT_EQ(found, *expected);
    std::filesystem::remove_all(options.output);
    std::shuffle(inputs.begin(), inputs.end(), random);
    for (const MergeInput& input : inputs) {
      std::filesystem::last_write_time(
          input.reference,
          std::filesystem::file_time_type::clock::now() - std::chrono::hours(jobs * 1000));
    }
  }
}

TEST(MergeReproducible, TimesComeFromTheEntriesOrAreClamped) {
  const Workspace work;
  const std::string old =
      work.file("a-linux-amd64.tar", TarBuilder().add({.path = "x", .mtime = 1000}).bytes());
  const std::string recent = work.rootfs("b-linux-arm64.tar");
  MergeOptions options = work.options({old, recent});
  merge(options);
  const ReadLayout out(options.output);
  EXPECT_EQ(out.config(0)["created"], "1970-01-01T00:16:40Z");
  EXPECT_EQ(out.config(1)["created"], "2023-11-14T22:13:20Z");

  options.output = work.path("clamped");
  options.source_date_epoch = 1'000'000'000;
  merge(options);
  const ReadLayout clamped(options.output);
  clamped.check();
  EXPECT_EQ(clamped.config(0)["created"], "1970-01-01T00:16:40Z");
  EXPECT_EQ(clamped.config(1)["created"], "2001-09-09T01:46:40Z");
  EXPECT_EQ(clamped.layer(0, 0), read_file(old));  // no time in it is later: kept as it is
  EXPECT_NE(clamped.layer(1, 0), read_file(recent));
  EXPECT_EQ(files_in_tar(clamped.layer(1, 0)), files_in_tar(read_file(recent)));
}

}  // namespace
}  // namespace ocimux::test
