#pragma once

#include "io/file.hpp"

#include <filesystem>
#include <stop_token>
#include <string>

namespace ocimux {

/// A small file that only its owner may read, on its way to another content. Others that change it
/// in this way wait while this object lives; a link is followed, and stays one.
class ReplacedFile final {
 public:
  /// Makes the directory of @p path if it is missing. Throws Errc::invalid_argument for what is no
  /// regular file, Errc::cancelled once @p stop is asked.
  explicit ReplacedFile(const std::filesystem::path& path, const std::stop_token& stop = {});

  /// What it holds now, at most 4 MiB (else Errc::corrupt); empty where there is none.
  [[nodiscard]] std::string read() const;
  /// Replaces it in one step, with mode 0600 and its owner; all of it, or nothing, is on the disk.
  void write(const std::string& text) const;

 private:
  std::filesystem::path path_;
  FileDescriptor lock_;
};

}  // namespace ocimux
