#include <ocimux/base/error.hpp>
#include <ocimux/jobs/files.hpp>

#include "cli/common.hpp"
#include "cli/image_options.hpp"
#include "io/memory.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Prints a file of one image as a container of it would see it, byte for byte. Symbolic links\n"
    "are followed inside the image.";

constexpr const char* examples =
    "\nExamples:\n"
    "  ocimux cat layout:main --platform linux/amd64 /bin/app\n"
    "  ocimux cat _output/velero-main-linux-arm64.tar bin/app | sha256sum";

/// Writes to a stream of the standard library.
class StreamSink final : public Sink {
 public:
  explicit StreamSink(std::ostream& to) : to_(to) {}
  void write(Bytes bytes) override {
    const std::string_view text = as_text(bytes);
    to_.write(text.data(), static_cast<std::streamsize>(text.size()));
    check();
  }
  void finish() override {
    to_.flush();
    check();
  }

 private:
  void check() const {
    if (to_) return;
    throw Error(Errc::io, "standard output: expected to write the file, found it closed or full");
  }

  std::ostream& to_;
};

void run(const TypedImage& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  StreamSink out(console.out);
  cat(image_options<CatOptions>(typed, common, stop), out, progress, stop);
}

}  // namespace

void add_cat(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("cat", description);
  const auto typed = std::make_shared<TypedImage>();
  command->footer(std::string(image_reference) + examples);
  add_image_options(*command, *typed, "The file")->required();
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
