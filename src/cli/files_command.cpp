#include <ocimux/jobs/files.hpp>

#include "cli/common.hpp"
#include "cli/files_report.hpp"
#include "cli/image_options.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Lists the files of one image as a container of it would see them, its layers put over each\n"
    "other: mode, owner, size, time, the SHA-256 of contents, and where links lead.";

constexpr const char* examples =
    "\nExamples:\n"
    "  ocimux files layout:main --platform linux/amd64\n"
    "  ocimux files layout:main --platform linux/arm64 /bin/ --json";

struct Typed {
  TypedImage image;
  bool json = false;
};

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  const auto options = image_options<FilesOptions>(typed.image, common, stop);
  const ImageFiles files = read_files(options, progress, stop);
  if (typed.json) {
    print_files_json(files, console.out);
  } else {
    print_files_table(files, console.out);
  }
}

}  // namespace

void add_files(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("files", description);
  const auto typed = std::make_shared<Typed>();
  typed->image.path = "/";
  command->footer(std::string(image_reference) + examples);
  command->add_flag("--json", typed->json, "Print one JSON document");
  add_image_options(*command, typed->image,
                    "Only what is there and below; a link itself, unless a / is behind it");
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
