#include "files.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

namespace ocimux::test {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() : TemporaryDirectory(fs::temp_directory_path()) {}

TemporaryDirectory::TemporaryDirectory(const fs::path& parent) {
  std::string name = (parent / "ocimux-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed for " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_file(const fs::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::map<std::string, std::string> tree(const fs::path& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().lexically_relative(directory).string();
    if (entry.is_directory()) {
      files[name + "/"] = "";
    } else {
      files[name] = read_file(entry.path());
    }
  }
  return files;
}

std::string compressed_by(const std::string& program, const std::string& bytes) {
  const TemporaryDirectory directory;
  write_file(directory / "in", bytes);
  const std::string command = program + " -c '" + (directory / "in").string() + "' > '" +
                              (directory / "out").string() + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  return read_file(directory / "out");
}

std::string filtered_by(const std::string& command, const std::string& bytes) {
  const TemporaryDirectory directory;
  write_file(directory / "in", bytes);
  const std::string line =
      command + " < '" + (directory / "in").string() + "' > '" + (directory / "out").string() + "'";
  if (std::system(line.c_str()) != 0) throw std::runtime_error("failed: " + line);
  return read_file(directory / "out");
}

std::string random_bytes(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

Progress::Task RecordingProgress::begin(std::string_view /*name*/, std::int64_t /*bytes*/) {
  return 0;
}
void RecordingProgress::advance(Task /*task*/, std::int64_t /*bytes*/) {}
void RecordingProgress::end(Task /*task*/) {}

void RecordingProgress::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  notes_.emplace_back(text);
}

void RecordingProgress::warn(std::string_view text) {
  const std::lock_guard lock(mutex_);
  warnings_.emplace_back(text);
}

}  // namespace ocimux::test
