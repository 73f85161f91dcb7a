#pragma once

#include "tar/member.hpp"

#include <ocimux/io/stream.hpp>

#include "io/file.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ocimux {

/// Random access by name to the members of one tar archive. The headers are read once; after
/// that members are read by position, from any number of threads.
class TarArchive final {
 public:
  /// What the names of members may take, in bytes: those of more than a million.
  static constexpr std::size_t most_memory = std::size_t{256} << 20;

  /// Throws as TarReader does, and Errc::unsupported when names take more than @p most bytes.
  explicit TarArchive(std::shared_ptr<const File> file, std::size_t most = most_memory);

  [[nodiscard]] bool contains(const std::string& path) const { return members_.contains(path); }
  /// The names of all members but directories, sorted.
  [[nodiscard]] std::vector<std::string> paths() const;
  /// Bytes of @p path, links inside the archive followed (docker save before 25 stores a repeated
  /// layer as a link). Throws Errc::not_found, or Errc::corrupt for a member that has no bytes,
  /// stands twice in the archive, is stored with holes, or is a circle of links.
  [[nodiscard]] Body body(const std::string& path) const;

 private:
  /// What is kept of a member.
  struct Place {
    TarMember::Kind kind;
    bool sparse;
    std::int64_t size;
    std::int64_t data_offset;
    std::string link_target;
  };

  [[nodiscard]] const Place& resolve(const std::string& path) const;

  std::shared_ptr<const File> file_;
  std::unordered_map<std::string, Place> members_;
  std::set<std::string> repeated_;
};

}  // namespace ocimux
