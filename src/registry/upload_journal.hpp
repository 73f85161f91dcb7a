#pragma once

#include "io/file.hpp"
#include "registry/credentials.hpp"
#include "registry/url.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace ocimux {

/// Where the half-sent blob of one repository goes on, kept on disk while it is sent, so that a
/// push that was killed can take it up. Locked: nobody else takes up the same upload meanwhile.
class UploadRecord final {
 public:
  UploadRecord(std::filesystem::path path, FileDescriptor lock);

  /// The address that was noted last. Nothing where there is none, or it is none of @p registry.
  [[nodiscard]] std::optional<Url> location(const Origin& registry) const;
  /// Notes an address of the registry itself; those of others may be secrets and are not kept.
  /// What cannot be written is not kept.
  void note(const Url& location, const Origin& registry) noexcept;
  void forget() noexcept;

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
};

/// A directory of such records: files of the user's alone (mode 0600), without credentials.
class UploadJournal final {
 public:
  explicit UploadJournal(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// In `$XDG_CACHE_HOME/ocimux/uploads`, or below `~/.cache`; nothing where the user has neither.
  static std::optional<UploadJournal> of_user(const Environment& environment);

  /// The record of the upload that @p upload names; nothing where another process has it,
  /// somebody else could have written it, or the directory cannot be written to. Removes records
  /// that no registry remembers any more (a week).
  [[nodiscard]] std::optional<UploadRecord> open(const std::string& upload) const;

 private:
  void remove_old() const noexcept;

  std::filesystem::path directory_;
};

}  // namespace ocimux
