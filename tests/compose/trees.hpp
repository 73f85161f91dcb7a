#pragma once

#include "compose/flatten.hpp"
#include "compose/member_layer.hpp"
#include "compose/rootfs_tree.hpp"

#include "support/streams.hpp"
#include "support/tar_builder.hpp"

#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace ocimux::test {

/// A root filesystem tar.
inline RootfsImage rootfs_of(const std::string& tar) {
  RootfsImage image;
  image.file = file_with(tar);
  return image;
}

inline FileTree tree_of(const RootfsImage& image, Names names = Names::exact) {
  return read_rootfs_tree(image, {}, names, {});
}

/// The tree of these layers, the lowest first.
inline FileTree flattened(const std::vector<std::string>& layers,
                          LayerForm form = LayerForm::plain) {
  FileTree tree(form == LayerForm::windows ? Names::folded : Names::exact);
  for (const std::string& layer : layers) {
    TarReader reader(std::make_unique<MemorySource>(layer));
    apply_layer(tree, read_layer_tree(reader, form, {}));
  }
  return tree;
}

/// The members of the layer over @p base that makes @p image of it.
inline std::vector<TarMember> members_over(const FileTree& base, const RootfsImage& image,
                                           Attributes attributes = Attributes::compared,
                                           std::size_t threads = 1) {
  FileTree tree = tree_of(image, base.names());
  return difference(base, tree, attributes, content_reader(image.file, threads), {}).members;
}

inline std::string layer_of(const RootfsImage& image, const std::vector<TarMember>& members) {
  MemorySink sink;
  write_members(image.file, members, sink, {});
  return sink.take();
}

/// `path` or `path -> target` of each; directories with a slash behind.
inline std::vector<std::string> names_of(const std::vector<TarMember>& members) {
  std::vector<std::string> names;
  for (const TarMember& member : members) {
    std::string name = member.path;
    if (member.kind == TarMember::Kind::directory) name += "/";
    if (!member.link_target.empty()) {
      name += (member.kind == TarMember::Kind::hard_link ? " == " : " -> ") + member.link_target;
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace ocimux::test
