#pragma once

#include "tar/member.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// What a path leads to. Paths that are hard links of each other share one.
struct Node {
  using Kind = TarMember::Kind;
  using Sha256 = std::array<std::byte, 32>;

  /// What few have.
  struct Rare {
    std::string link_target;  ///< of a symlink
    std::int64_t device_major = 0;
    std::int64_t device_minor = 0;
    std::map<std::string, std::string> xattrs;
    friend bool operator==(const Rare&, const Rare&) = default;
  };

  /// A directory that is there because something is in it; nothing says its attributes.
  Node() = default;
  explicit Node(const TarMember& member);

  [[nodiscard]] bool is_directory() const { return kind == Kind::directory; }
  [[nodiscard]] std::string_view link_target() const;
  /// The value of the xattr `security.capability`; empty for none.
  [[nodiscard]] std::string_view capability() const;
  /// The member this was made from, as @p path.
  [[nodiscard]] TarMember member(std::string path) const;

  Kind kind = Kind::directory;  ///< never hard_link
  bool implied = true;          ///< no entry says it
  bool hashed = false;          ///< `content` is known
  bool sparse = false;
  std::uint16_t mode = 0755;
  std::uint32_t links = 0;  ///< paths that lead to it
  std::uint32_t mtime_nanoseconds = 0;
  std::uint32_t layer = 0;  ///< which of the image's layers holds it, where somebody counts them
  std::int64_t mtime = 0;
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::int64_t size = 0;
  std::int64_t header_offset = 0;
  std::int64_t data_offset = 0;
  Sha256 content{};
  std::shared_ptr<const Rare> rare;  ///< shared by copies
};

/// How paths are told apart: as they are, or as Windows does, where case makes no difference (of
/// ASCII letters; what else Windows folds is left apart).
enum class Names { exact, folded };

/// A file tree: paths and what they lead to. Costs about 250 bytes a path, whatever the contents.
/// Adding to it throws Errc::unsupported for a path above 4096 bytes, and when it grew beyond 2
/// GiB: some kilobytes of an archive can claim any number of files.
///
/// A path comes directly before the paths below it, and (for the streams of Windows files, named
/// `file:stream`) directly before those that begin with it and a colon.
class FileTree final {
 public:
  struct Place {
    std::uint32_t node = 0;
    /// The path as it was spelled, where that differs from the key.
    std::unique_ptr<const std::string> spelling = {};
  };
  struct Order {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
  };
  using Places = std::map<std::string, Place, Order>;

  explicit FileTree(Names names = Names::exact) : names_(names) {}

  /// A second tree like this one.
  [[nodiscard]] FileTree copy() const;

  [[nodiscard]] Names names() const { return names_; }
  /// @p path as this tree tells it apart.
  [[nodiscard]] std::string key(std::string_view path) const;
  [[nodiscard]] const Places& places() const { return places_; }
  [[nodiscard]] const Node& node(const Place& place) const { return nodes_[place.node]; }
  [[nodiscard]] static std::string_view spelled(const Places::value_type& place);
  /// What stands at @p key, or null.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] const Places::value_type* place(std::string_view key) const;

  /// @p path as an engine that unpacks would write to it: with the symlinks among its parents
  /// followed, inside the root. Not on Windows, whose links have other rules.
  [[nodiscard]] std::string through_links(std::string_view path) const;

  /// Puts @p node at @p path. A directory over a directory keeps what is in it; everything else
  /// replaces what was there with all below it. Directories above that are missing, or are none,
  /// are made. The root is a path, too: the empty one. The spelling that was there first stays.
  /// With Names::folded, a file that is replaced or removed takes its streams with it.
  std::uint32_t put(std::string_view path, Node node);
  /// Makes @p path one more path of the node @p id, which must be no directory.
  void link(std::string_view path, std::uint32_t id);
  /// Removes @p path and all below it; nothing happens where it is not there.
  void remove(std::string_view path);
  /// Removes all below @p path.
  void remove_below(std::string_view path);
  /// Moves what @p from knows over this tree, as a layer goes over those below it.
  void overlay(FileTree&& from);

  [[nodiscard]] Node& at(std::uint32_t id) { return nodes_[id]; }

 private:
  std::uint32_t add(Node node);
  void make_parents(std::string_view path);
  Places::iterator set(std::string_view path, std::uint32_t id);
  void drop(Places::iterator begin, Places::iterator end);
  void drop_all_with(const std::string& prefix);
  void remove_streams(std::string_view path);
  void weigh(std::size_t more);

  Names names_;
  Places places_;
  std::vector<Node> nodes_;
  std::size_t weight_ = 0;  // bytes that it holds, about; what was replaced counts, too
};

/// @p member as a hard link to the path @p target.
TarMember hard_link_to(const std::string& target, TarMember member);

}  // namespace ocimux
