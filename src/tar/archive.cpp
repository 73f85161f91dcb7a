#include "tar/archive.hpp"

#include <ocimux/base/error.hpp>

#include "tar/path.hpp"
#include "tar/reader.hpp"

#include <algorithm>
#include <utility>

namespace ocimux {
namespace {

constexpr int longest_link_chain = 16;

// Where the link at @p path leads, as a member path.
std::string followed(const std::string& path, const TarMember& link) {
  if (link.kind == TarMember::Kind::hard_link) return link.link_target;
  std::string directory =
      path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  std::string_view target = link.link_target;
  while (target.starts_with("../") && !directory.empty()) {
    target.remove_prefix(3);
    const std::size_t slash = directory.rfind('/');
    directory.resize(slash == std::string::npos ? 0 : slash);
  }
  return member_path(directory.empty() ? std::string(target)
                                       : directory + "/" + std::string(target));
}

}  // namespace

TarArchive::TarArchive(std::shared_ptr<const File> file) : file_(std::move(file)) {
  TarReader reader(file_);
  while (auto member = reader.next()) {
    if (member->kind == TarMember::Kind::directory) continue;
    std::string path = member->path;
    member->xattrs.clear();  // nobody asks an archive of images for them, and they may be large
    if (!members_.insert_or_assign(path, std::move(*member)).second) repeated_.insert(path);
  }
}

std::vector<std::string> TarArchive::paths() const {
  std::vector<std::string> paths;
  paths.reserve(members_.size());
  for (const auto& [path, member] : members_) paths.push_back(path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

const TarMember& TarArchive::resolve(const std::string& path) const {
  std::string at = path;
  for (int links = 0; links < longest_link_chain; ++links) {
    const auto found = members_.find(at);
    if (found == members_.end()) {
      throw Error(Errc::not_found, "expected '" + at + "' in the archive, found no such member");
    }
    const TarMember& member = found->second;
    if (repeated_.contains(at)) {
      throw Error(Errc::corrupt, "expected '" + at + "' once in the archive, found it repeated");
    }
    if (member.kind != TarMember::Kind::symlink && member.kind != TarMember::Kind::hard_link) {
      return member;
    }
    at = followed(at, member);
  }
  throw Error(Errc::corrupt, "'" + path + "': expected a file, found a circle of links");
}

Body TarArchive::body(const std::string& path) const {
  const TarMember& member = resolve(path);
  if (member.kind != TarMember::Kind::regular) {
    throw Error(Errc::corrupt, "'" + path + "': expected a regular file, found something else");
  }
  if (member.sparse) {
    throw Error(Errc::corrupt, "'" + path + "': expected whole content, found a sparse member",
                "make the archive again without --sparse");
  }
  return file_body(file_, member.data_offset, member.size);
}

}  // namespace ocimux
