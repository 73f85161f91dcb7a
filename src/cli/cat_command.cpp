#include <ocimux/base/error.hpp>
#include <ocimux/jobs/files.hpp>

#include "cli/common.hpp"
#include "cli/registry_options.hpp"
#include "cli/values.hpp"
#include "io/memory.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Prints a file of one image as a container of it would see it, byte for byte. Symbolic links\n"
    "are followed inside the image.";

constexpr const char* footer =
    "REF is PATH, PATH:TAG or PATH@DIGEST of an OCI layout or archive, a docker save archive or a\n"
    "root filesystem tar, plain or compressed; or docker://HOST/REPO[:TAG][@DIGEST].\n"
    "\nExamples:\n"
    "  ocimux cat layout:main --platform linux/amd64 /bin/app\n"
    "  ocimux cat _output/velero-main-linux-arm64.tar bin/app | sha256sum";

struct Typed {
  std::string reference;
  std::string path;
  std::string platform;
  TypedRegistryOptions registry;
};

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

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  CatOptions options{typed.reference};
  options.platform = parse_platform(typed.platform);
  options.path = typed.path;
  options.jobs = common.threads();
  options.registry = parse_registry_options(typed.registry, stop);
  StreamSink out(console.out);
  cat(options, out, progress, stop);
}

}  // namespace

void add_cat(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("cat", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->reference, "The image")->required()->type_name("");
  command->add_option("PATH", typed->path, "The file")->required()->type_name("");
  command->add_option("-p,--platform", typed->platform, "Which image, where there are several")
      ->type_name("PLATFORM");
  add_registry_options(*command, typed->registry);
  command->callback([typed, &common, &action] {
    action = [typed, &common](Console& console, Progress& progress, const std::stop_token& stop) {
      run(*typed, common, console, progress, stop);
    };
  });
}

}  // namespace ocimux::cli
