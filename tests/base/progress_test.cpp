#include <ocimux/base/progress.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ocimux {
namespace {

class Recorder final : public Progress {
 public:
  Task begin(std::string_view name, std::int64_t bytes) override {
    log.push_back("begin " + std::string(name) + " " + std::to_string(bytes));
    return 42;
  }
  void advance(Task task, std::int64_t bytes) override {
    log.push_back("advance " + std::to_string(task) + " " + std::to_string(bytes));
  }
  void end(Task task) override { log.push_back("end " + std::to_string(task)); }
  void note(std::string_view /*text*/) override {}
  void warn(std::string_view /*text*/) override {}

  std::vector<std::string> log;
};

TEST(ProgressTask, BeginsAdvancesAndEndsItsTask) {
  Recorder progress;
  {
    ProgressTask task(progress, "layer", 10);
    task.advance(3);
  }
  EXPECT_EQ(progress.log, (std::vector<std::string>{"begin layer 10", "advance 42 3", "end 42"}));
}

TEST(ProgressTask, EndsWhenItsWorkFails) {
  Recorder progress;
  const auto work = [&] {
    const ProgressTask task(progress, "layer", 10);
    throw 7;
  };
  EXPECT_THROW(work(), int);
  EXPECT_EQ(progress.log.back(), "end 42");
}

TEST(SilentProgress, TakesEverything) {
  Progress& progress = silent_progress();
  ProgressTask(progress, "layer", 10).advance(3);
  progress.note("");
  progress.warn("");
}

}  // namespace
}  // namespace ocimux
