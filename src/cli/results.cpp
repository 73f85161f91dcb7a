#include "cli/results.hpp"

#include <ocimux/base/error.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <ostream>

namespace ocimux::cli {
namespace {

Error no_digest_file(const std::string& path) {
  return {Errc::io, path + ": expected to write the digest there, found no way to"};
}

bool is_same_place(const std::string& a, const std::string& b) {
  std::error_code failure;
  const auto place = [&](const std::string& path) {
    return std::filesystem::weakly_canonical(path, failure);
  };
  return std::filesystem::equivalent(a, b, failure) || place(a) == place(b);
}

void refuse_to_overwrite(const std::string& path, const std::string& output,
                         const std::vector<std::string>& inputs) {
  const auto refuse = [&](const std::string& found) {
    return Error(Errc::invalid_argument,
                 "--digestfile: expected a file of its own, found " + found);
  };
  if (is_same_place(path, output)) throw refuse("the output");
  for (const std::string& input : inputs) {
    if (is_same_place(path, input)) throw refuse("the input " + input);
  }
}

}  // namespace

void check_standard_output(const std::string& output, Printed printed) {
  if (output != "-") return;
  if (printed == Printed::json) {
    throw Error(Errc::invalid_argument,
                "expected one result on standard output, found two: the archive and --json",
                "write the archive to a file, or take the digest from --digestfile");
  }
  if (printed == Printed::digest && ::isatty(STDOUT_FILENO) != 0) {
    throw Error(Errc::invalid_argument,
                "expected a file or a pipe for the archive, found a terminal",
                "for example: -o - | ssh HOST 'cat > image.tar'");
  }
}

void check_digest_file(const std::string& path, const std::string& output,
                       const std::vector<std::string>& inputs) {
  if (path.empty()) return;
  refuse_to_overwrite(path, output, inputs);
  std::error_code failure;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  const bool there = std::filesystem::exists(path, failure);
  const std::string checked = there ? path : parent.empty() ? "." : parent.string();
  if (std::filesystem::is_directory(path, failure) || ::access(checked.c_str(), W_OK) != 0) {
    throw no_digest_file(path);
  }
}

void write_digest_file(const std::string& path, const Digest& digest) {
  std::ofstream file(path, std::ios::trunc);
  file << digest.string() << '\n';
  file.close();
  if (!file) throw no_digest_file(path);
}

void tell(const std::string& summary, const CommonOptions& common, Console& console,
          Progress& progress) {
  if (common.quiet) return;
  if (common.progress == "json") return progress.note(summary);
  console.err << summary;
}

}  // namespace ocimux::cli
