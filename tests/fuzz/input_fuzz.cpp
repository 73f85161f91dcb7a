// Whole inputs: a file of any kind, looked into as inspect and merge do.

#include <ocimux/jobs/inspect.hpp>
#include <ocimux/jobs/match.hpp>
#include <ocimux/jobs/merge.hpp>

#include "fuzz/fuzzing.hpp"
#include "source/read_images.hpp"

namespace ocimux::fuzz {
namespace {

void check_merge(const std::string& path) {
  MergeOptions options;
  options.inputs = {{path, Platform{"linux", "amd64"}}};
  options.output = "/nonexistent/layout";
  options.tags = {"fuzz:1"};
  options.dry_run = true;
  const MergeResult result = merge(options);
  require(!result.images.empty() && !result.index, "a dry run decides, and writes nothing");
}

void check(std::string_view text) {
  const auto file = memory_file(text);
  const std::string path = path_of(*file);
  const auto read = outcome_of(
      [&] { return read_input(LocalReference::parse(path), silent_progress()).images.size(); });
  if (read.value) {
    require(*read.value > 0, "an input that is read has images");
    const Inspection inspection = inspect(path);
    require(!inspection.references.empty(), "what is read can be inspected");
  }
  tolerate([&] { check_merge(path); });
  tolerate([&] { static_cast<void>(match({.reference = path, .node = "linux/arm64"})); });
  tolerate([&] { static_cast<void>(inspect_raw(path)); });
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::check(ocimux::fuzz::text_of(data, size));
  return 0;
}
