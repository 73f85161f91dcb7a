#include "tar/archive.hpp"

#include <ocimux/base/error.hpp>

#include "tar/path.hpp"
#include "tar/reader.hpp"

#include <algorithm>
#include <utility>

namespace ocimux {
namespace {

constexpr int longest_link_chain = 16;
constexpr std::size_t memory_of_a_member = 160;  // beside its names, about

// Where the symlink at @p path leads, as a member path.
std::string followed(const std::string& path, std::string_view target) {
  std::string directory =
      path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  while (target.starts_with("../") && !directory.empty()) {
    target.remove_prefix(3);
    const std::size_t slash = directory.rfind('/');
    directory.resize(slash == std::string::npos ? 0 : slash);
  }
  return member_path(directory.empty() ? std::string(target)
                                       : directory + "/" + std::string(target));
}

}  // namespace

TarArchive::TarArchive(std::shared_ptr<const File> file, std::size_t most)
    : file_(std::move(file)) {
  TarReader reader(file_);
  std::size_t memory = 0;
  while (auto member = reader.next()) {
    if (member->kind == TarMember::Kind::directory) continue;
    memory += memory_of_a_member + member->path.size() + member->link_target.size();
    // A compressed archive can have any number of them in a few kilobytes.
    if (memory > most) {
      throw Error(Errc::unsupported, "expected members whose names take at most " +
                                         std::to_string(most >> 20U) +
                                         " MiB, found more in an archive of images");
    }
    Place place{member->kind, member->sparse, member->size, member->data_offset,
                std::move(member->link_target)};
    if (!members_.insert_or_assign(member->path, std::move(place)).second) {
      repeated_.insert(std::move(member->path));
    }
  }
}

std::vector<std::string> TarArchive::paths() const {
  std::vector<std::string> paths;
  paths.reserve(members_.size());
  for (const auto& [path, member] : members_) paths.push_back(path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

const TarArchive::Place& TarArchive::resolve(const std::string& path) const {
  std::string at = path;
  for (int links = 0; links < longest_link_chain; ++links) {
    const auto found = members_.find(at);
    if (found == members_.end()) {
      throw Error(Errc::not_found, "expected '" + at + "' in the archive, found no such member");
    }
    const Place& member = found->second;
    if (repeated_.contains(at)) {
      throw Error(Errc::corrupt, "expected '" + at + "' once in the archive, found it repeated");
    }
    if (member.kind != TarMember::Kind::symlink && member.kind != TarMember::Kind::hard_link) {
      return member;
    }
    at = member.kind == TarMember::Kind::hard_link ? member.link_target
                                                   : followed(at, member.link_target);
  }
  throw Error(Errc::corrupt, "'" + path + "': expected a file, found a circle of links");
}

Body TarArchive::body(const std::string& path) const {
  const Place& member = resolve(path);
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
