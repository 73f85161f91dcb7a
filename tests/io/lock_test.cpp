#include "io/lock.hpp"

#include <ocimux/base/error.hpp>

#include "io/file.hpp"
#include "support/files.hpp"
#include "support/streams.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <future>
#include <optional>
#include <thread>

namespace ocimux {
namespace {

using test::error_of;
using test::TemporaryDirectory;
using test::write_file;

// Two descriptors of one file lock each other out, as two processes do.
class LockFile : public testing::Test {
 protected:
  void SetUp() override {
    write_file(path, "");
    first.emplace(File::open(path));
    second.emplace(File::open(path));
    ASSERT_TRUE(try_lock_file(first->descriptor()));
  }
  [[nodiscard]] std::future<std::optional<Errc>> waiting(const std::stop_token& stop = {}) const {
    return std::async(std::launch::async, [this, stop]() -> std::optional<Errc> {
      try {
        lock_file(second->descriptor(), path, stop);
      } catch (const Error& error) {
        return error.code();
      }
      return std::nullopt;
    });
  }

  TemporaryDirectory directory;
  std::filesystem::path path = directory / "file";
  std::optional<File> first;
  std::optional<File> second;
};

TEST_F(LockFile, IsRefusedAtOnceWhereAnotherHasIt) {
  EXPECT_FALSE(try_lock_file(second->descriptor()));
  EXPECT_EQ(errno, EWOULDBLOCK);
}

TEST_F(LockFile, WaitsForWhoeverHasIt) {
  std::future<std::optional<Errc>> answer = waiting();
  first.reset();
  EXPECT_EQ(answer.get(), std::nullopt);
  first.emplace(File::open(path));
  EXPECT_FALSE(try_lock_file(first->descriptor()));
}

TEST_F(LockFile, WaitsNoLongerOnceStopIsAsked) {
  std::stop_source stop;
  std::future<std::optional<Errc>> answer = waiting(stop.get_token());
  stop.request_stop();
  EXPECT_EQ(answer.get(), Errc::cancelled);
}

// Whoever waits without a word looks as if it hung.
TEST_F(LockFile, SaysThatItWaits) {
  class Releasing final : public Progress {
   public:
    explicit Releasing(std::optional<File>& held) : held_(held) {}
    Task begin(std::string_view /*name*/, std::int64_t /*bytes*/) override { return 0; }
    void advance(Task /*task*/, std::int64_t /*bytes*/) override {}
    void end(Task /*task*/) override {}
    void note(std::string_view text) override {
      noted += text;
      held_.reset();
    }
    void warn(std::string_view /*text*/) override {}
    std::string noted;

   private:
    std::optional<File>& held_;
  };
  Releasing progress(first);
  std::stop_source stop;
  std::jthread late([&stop](const std::stop_token& over) {
    for (int i = 0; i < 3000 && !over.stop_requested(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    stop.request_stop();
  });
  lock_file(second->descriptor(), path, stop.get_token(), progress);
  EXPECT_EQ(progress.noted, "waiting for another process, which is changing " + path.string());
}

TEST_F(LockFile, NamesWhatCannotBeLocked) {
  const Error error = error_of([&] { lock_file(-1, path, {}); });
  EXPECT_EQ(std::string(error.what()).find("locking " + path.string()), 0U) << error.what();
}

}  // namespace
}  // namespace ocimux
