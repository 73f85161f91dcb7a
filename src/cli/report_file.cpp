#include "cli/report_file.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

namespace ocimux::cli {
namespace {

namespace fs = std::filesystem;

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// It could be what a REF means in another way (PATH:TAG, a layout's index.json), or an archive
// where the option was taken for a flag.
void refuse_what_is_no_report(std::string_view option, const std::string& path) {
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) return;
  std::array<std::byte, 1> front{};
  if (File::open(path).read_at(front, 0) == 0 || as_text(front) == "<") return;
  throw Error(
      Errc::invalid_argument,
      std::string(option) + ": expected no file, or an earlier report, found another file: " + path,
      "nothing else is replaced: name another file, or remove it");
}

// A pipe or a device cannot be replaced.
void write_through(const std::string& path, std::string_view text) {
  FileDescriptor there(::open(path.c_str(), O_WRONLY | O_CLOEXEC));  // NOLINT
  if (!there) throw Error::from_errno(errno, "opening " + path);
  File file(std::move(there), path);
  file.write(as_bytes(text));
  file.close();
}

}  // namespace

void check_report_file(std::string_view option, const std::string& path,
                       const std::vector<std::string>& inputs) {
  if (path.empty()) return;
  std::error_code failure;
  for (const std::string& input : inputs) {
    if (fs::equivalent(path, input, failure)) {
      throw Error(Errc::invalid_argument,
                  std::string(option) + ": expected a file of its own, found the input " + input);
    }
  }
  const fs::path directory = directory_of(path);
  if (!fs::is_directory(directory, failure)) {
    throw Error(Errc::not_found, std::string(option) + ": expected the directory " +
                                     directory.string() + " to write to, found none");
  }
  refuse_what_is_no_report(option, path);
  const bool there = fs::exists(path, failure);
  if (::access(there ? path.c_str() : directory.c_str(), W_OK) != 0) {
    throw Error::from_errno(errno, std::string(option) + ": writing " + path);
  }
}

void write_report_file(const std::string& path, std::string_view text) {
  if (path.empty()) return;
  std::error_code failure;
  const fs::file_status there = fs::status(path, failure);
  if (fs::exists(there) && there.type() != fs::file_type::regular) {
    return write_through(path, text);
  }
  // A link stays one: what it leads to is replaced.
  const fs::path target = fs::exists(there) ? fs::canonical(path) : fs::path(path);
  const fs::path aside = directory_of(target) / ("." + target.filename().string() + ".ocimux-" +
                                                 std::to_string(::getpid()));
  remove_tree(aside);
  File file = File::create(aside);
  try {
    file.write(as_bytes(text));
    file.close();
    rename_path(aside, target);
  } catch (const Error&) {
    remove_tree(aside);
    throw;
  }
}

}  // namespace ocimux::cli
