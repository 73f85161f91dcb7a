#include "cli/report_file.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace ocimux::cli {
namespace {

namespace fs = std::filesystem;

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
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
