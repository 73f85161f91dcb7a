// Runs a fuzz target over inputs that are kept: under every compiler, as a test.
//
// usage: fuzz_replay TARGET FILE_OR_DIRECTORY...
//        fuzz_replay --list

#include "fuzz/targets.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using ocimux::fuzz::Target;
using ocimux::fuzz::targets;

std::vector<fs::path> files_below(const std::vector<std::string>& names) {
  std::vector<fs::path> files;
  for (const std::string& name : names) {
    if (!fs::is_directory(name)) {
      files.emplace_back(name);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(name)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<char> content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw fs::filesystem_error("opening", path, std::make_error_code(std::errc::io_error));
  return {std::istreambuf_iterator<char>(stream), {}};
}

int replay(const Target& target, const std::vector<std::string>& names) {
  const auto files = files_below(names);
  if (files.empty()) {
    std::fprintf(stderr, "fuzz_replay: expected inputs for %s, found none\n", target.name);
    return 1;
  }
  for (const fs::path& file : files) {
    const std::vector<char> bytes = content(file);
    std::fprintf(stderr, "%s %s\n", target.name, file.c_str());  // the last one is the culprit
    target.run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  std::printf("%s: %zu inputs\n", target.name, files.size());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() == 1 && words[0] == "--list") {
    for (const Target& target : targets()) std::puts(target.name);
    return 0;
  }
  for (const Target& target : targets()) {
    if (words.size() > 1 && words[0] == target.name) {
      return replay(target, {words.begin() + 1, words.end()});
    }
  }
  std::fprintf(stderr,
               "usage: fuzz_replay TARGET FILE_OR_DIRECTORY...\n       fuzz_replay --list\n");
  return 2;
}
