#include "compose/rootfs_tree.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "compose/flatten.hpp"
#include "source/rootfs_members.hpp"
#include "tar/reader.hpp"

#include <algorithm>
#include <string_view>

namespace ocimux {
namespace {

// Also of the directories above: `Windows/a` and `windows/b` are in one on Windows.
void refuse_other_case(const FileTree& tree, std::string_view path) {
  const std::string key = tree.key(path);
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string_view part = path.substr(0, end);
    const auto* place = tree.place(std::string_view(key).substr(0, end));
    if (place != nullptr &&
        FileTree::spelled(*place).substr(part.rfind('/') + 1) != part.substr(part.rfind('/') + 1)) {
      throw Error(Errc::conflict,
                  "expected names that Windows tells apart, found '" +
                      std::string(FileTree::spelled(*place)) + "' and '" + std::string(part) + "'",
                  "rename one of them");
    }
    if (end == std::string_view::npos) return;
  }
}

// What Windows takes for something else than a part of a name; `:` begins the name of a stream.
void refuse_windows_name(const TarMember& member) {
  const auto odd = std::find_if(member.path.begin(), member.path.end(), [](unsigned char c) {
    return c < 0x20 ||
           std::string_view("\\<>\"|?*").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (odd != member.path.end()) {
    throw Error(Errc::unsupported,
                "expected names that Windows can have, found '" + member.path + "'",
                "none of \\ < > \" | ? * and control characters may stand in one: rename it");
  }
  const bool stream = member.path.find(':') != std::string::npos;
  if (member.kind == TarMember::Kind::hard_link &&
      (stream || member.link_target.find(':') != std::string::npos)) {
    throw Error(Errc::unsupported, "'" + member.path +
                                       "': expected hard links between files, found " +
                                       "one of a stream (a name with ':')");
  }
}

void add(FileTree& tree, const TarMember& member) {
  if (is_whiteout(member.path)) {
    throw Error(Errc::unsupported,
                "'" + member.path + "': expected names of files, found one that a layer reads as " +
                    "a deletion",
                "names that begin with .wh. cannot be in an image: rename it");
  }
  if (tree.names() == Names::folded) {
    refuse_windows_name(member);
    refuse_other_case(tree, member.path);
  }
  if (member.path.empty() && member.kind != TarMember::Kind::directory) {
    throw Error(Errc::corrupt, "expected a directory as the root, found something else");
  }
  if (member.kind != TarMember::Kind::hard_link) {
    tree.put(member.path, Node(member));
    return;
  }
  const std::string target = tree.key(member.link_target);
  const auto* place = tree.place(target);
  if (place == nullptr || tree.node(place->second).is_directory()) {
    throw Error(Errc::corrupt, "'" + member.path +
                                   "': expected a hard link to an earlier file, found one to '" +
                                   member.link_target + "'");
  }
  if (target != tree.key(member.path)) tree.link(member.path, place->second.node);
}

}  // namespace

FileTree read_rootfs_tree(const RootfsImage& image, std::optional<std::int64_t> latest, Names names,
                          const std::stop_token& stop) {
  FileTree tree(names);
  const RootfsMembers members(image, latest);
  TarReader reader(image.file);
  while (auto member = reader.next()) {
    throw_if_stopped(stop);
    if (members.apply(*member)) add(tree, *member);
  }
  return tree;
}

}  // namespace ocimux
