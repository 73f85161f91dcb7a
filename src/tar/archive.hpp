#pragma once

#include "tar/member.hpp"

#include <ocimux/io/stream.hpp>

#include "io/file.hpp"

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
  explicit TarArchive(std::shared_ptr<const File> file);

  [[nodiscard]] bool contains(const std::string& path) const { return members_.contains(path); }
  /// The paths of all members but directories, sorted.
  [[nodiscard]] std::vector<std::string> paths() const;
  /// Bytes of @p path, links inside the archive followed (docker save before 25 stores a repeated
  /// layer as a link). Throws Errc::not_found, or Errc::corrupt for a member that has no bytes,
  /// stands twice in the archive, is stored with holes, or is a circle of links.
  [[nodiscard]] Body body(const std::string& path) const;

 private:
  [[nodiscard]] const TarMember& resolve(const std::string& path) const;

  std::shared_ptr<const File> file_;
  std::unordered_map<std::string, TarMember> members_;
  std::set<std::string> repeated_;
};

}  // namespace ocimux
