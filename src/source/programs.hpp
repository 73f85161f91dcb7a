#pragma once

#include "binary/executable.hpp"
#include "tar/member.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// The executables of a root filesystem, and the links by which they may be called: what its
/// binaries have to say of the platform it is for.
///
/// Paths are relative to the root, without `Files/` in front where a layer is Windows' own form.
class Programs final {
 public:
  /// Takes note of a member whose content @p content reads. Costs one read of a few bytes for what
  /// is no executable. Beyond 100,000 names of a kind, or 64 MiB of all, nothing more is kept.
  void add(const TarMember& member, std::string_view path, const ReadAt& content);

  /// Puts the file system of a layer over this one: what it has hides what was there, and its
  /// whiteouts take away.
  void put(const Programs& layer);

  /// The executable that @p path leads to, links followed; null for none. On Windows case does not
  /// count, and `C:` in front and a missing `.exe` behind are allowed for.
  [[nodiscard]] const Executable* find(std::string_view path) const;

  /// Calls @p visit for every executable, in the order of paths.
  void for_each(const std::function<void(const std::string&, const Executable&)>& visit) const;

  [[nodiscard]] std::size_t size() const { return executables_.size(); }
  /// What all names that were kept took of memory, also those that went again; about.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// False where a part of the file system was not looked into: what is missing says nothing then.
  [[nodiscard]] bool complete() const { return complete_; }
  void mark_incomplete() { complete_ = false; }
  /// The version of Windows that the kernel and its libraries are of, as `10.0.20348.1607`; empty
  /// for none.
  [[nodiscard]] std::string windows_version() const;

 private:
  using Kind = std::uint32_t;  // an index into kinds_

  [[nodiscard]] bool has_room(std::size_t names, std::size_t bytes);
  void hide(const std::string& path, TarMember::Kind kind);
  void add_regular(const TarMember& member, const std::string& path, const ReadAt& content);
  void add_windows_version(const std::string& path, const ReadAt& content, std::int64_t size);
  void remove(const std::string& path);
  void remove_below(const std::string& directory);
  [[nodiscard]] std::optional<Kind> kind(Executable executable);
  [[nodiscard]] std::string resolved(std::string_view path) const;
  [[nodiscard]] const Executable* at(const std::string& path) const;

  // A tree may hold thousands of executables of a handful of kinds.
  std::vector<Executable> kinds_;
  std::map<std::string, Kind> executables_;
  std::map<std::string, std::string> links_;  // hard links as absolute ones
  std::vector<std::string> whiteouts_;        // paths, with a slash behind for what is below only
  std::vector<std::string> hides_;            // paths of files of any kind
  std::map<std::string, std::string> versions_;
  std::size_t bytes_ = 0;
  bool complete_ = true;
};

/// The path of a file that a Windows layer has below `Files/`; others as they are.
std::string_view path_in_root(std::string_view member_path);

}  // namespace ocimux
