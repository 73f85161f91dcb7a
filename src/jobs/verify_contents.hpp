#pragma once

#include <ocimux/io/stream.hpp>

#include "jobs/verify_findings.hpp"
#include "jobs/verify_windows.hpp"
#include "tar/member.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ocimux {

/// What of a layer is worth telling.
struct LayerRemark {
  std::string_view code;
  Said said;
};

/// The first hundred of what is said of a layer; the last of them says how many more there are.
std::vector<Said> shortened(std::vector<Said> all);

/// Paths, each as 8 bytes of hash.
class PathSet final {
 public:
  void add(std::string_view path) { hashes_.push_back(hash(path)); }
  /// After the last add().
  void sort();
  [[nodiscard]] bool contains(std::string_view path) const;
  /// True when one of the directories above @p path is in it.
  [[nodiscard]] bool has_parent_of(std::string_view path) const;

 private:
  static std::uint64_t hash(std::string_view path) { return std::hash<std::string_view>()(path); }
  std::vector<std::uint64_t> hashes_;
};

/// How it is told that the hard link @p link leads to @p target, which is not before it, in a layer
/// with @p paths.
std::string dangling_link(const std::string& link, const std::string& target, const PathSet& paths);

/// Looks at the entries of a layer, or of a root filesystem, as they pass by. Memory: some 60 bytes
/// a path (twice that below Windows' `Files`) and a directory that only paths name, of at most
/// most_entries each, and most_link_bytes; what is beyond is not looked at for repetitions and
/// links.
class LayerContents final {
 public:
  static constexpr std::size_t most_entries = 2'000'000;
  /// Of one kind; then only their number is told.
  static constexpr std::size_t most_remarks = 100;
  /// Of hard links that lead out of the layer, names and all.
  static constexpr std::size_t most_link_bytes = std::size_t{16} << 20U;

  using Records = WindowsContents::Records;

  /// @p member has its names as they stand in the archive. Answers the path inside the root;
  /// nothing for one that leads out of it.
  std::optional<std::string> add(const TarMember& member, Records records);
  /// After the last entry.
  void end();

  [[nodiscard]] std::vector<LayerRemark> take_remarks();
  [[nodiscard]] const WindowsForm& windows() const { return windows_.form(); }
  [[nodiscard]] const PathSet& paths() const { return paths_; }
  [[nodiscard]] const PathSet& symlinks() const { return symlinks_; }
  /// What hard links lead to that no entry before them is, and the link.
  [[nodiscard]] const std::map<std::string, std::string>& open_links() const { return open_links_; }

 private:
  /// What stands at a path, as far as entries below it are concerned.
  enum class Place { directory, implied_directory, symlink, other };
  struct Known {
    std::uint64_t check;  // another hash of the path: two together are the same by no accident
    Place place;
  };

  static Place place_of(TarMember::Kind kind);
  void remark(std::string_view code, Said said);
  std::optional<std::string> path_of(std::string_view name, std::string_view what);
  void check_root(TarMember::Kind kind);
  void check_whiteout(const std::string& path);
  void check_repeated(const std::string& path, Place place);
  void check_above(const std::string& path);
  void check_link(const TarMember& member, const std::string& path);

  std::vector<LayerRemark> remarks_;
  struct Count {
    std::size_t all = 0;
    std::size_t told = 0;
  };
  std::map<std::string_view, Count> counts_;  // of remarks, by code
  std::unordered_map<std::uint64_t, Known> known_;
  std::size_t entries_ = 0;
  std::size_t implied_ = 0;              // directories among what is known
  std::size_t without_directories_ = 0;  // entries, beyond the limit of these
  PathSet paths_;
  PathSet symlinks_;
  std::map<std::string, std::string> open_links_;
  std::size_t link_bytes_ = 0;
  WindowsContents windows_;
};

}  // namespace ocimux
