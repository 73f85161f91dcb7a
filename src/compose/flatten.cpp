#include "compose/flatten.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "spec/whiteout.hpp"
#include "tar/path.hpp"

#include <algorithm>
#include <charconv>

namespace ocimux {
namespace {

constexpr std::string_view windows_files = "Files/";

std::string joined(std::string_view directory, std::string_view name) {
  return directory.empty() ? std::string(name) : std::string(directory) + "/" + std::string(name);
}

// False for what is no part of the file tree.
bool move_up(TarMember& member) {
  if (!member.path.starts_with(windows_files)) return false;
  member.path.erase(0, windows_files.size());
  // BuildKit puts this in front of the targets of symlinks, too.
  if (member.link_target.starts_with(windows_files)) {
    member.link_target.erase(0, windows_files.size());
  } else if (member.kind == TarMember::Kind::hard_link) {
    throw Error(Errc::corrupt, "'" + member.path + "': expected a hard link to something below " +
                                   "Files/, found one to '" + member.link_target + "'");
  }
  return true;
}

Error no_target(const std::string& path, const std::string& target) {
  return {Errc::corrupt, "'" + path + "': expected a hard link to a file, found one to '" + target +
                             "', which is none"};
}

Node::Sha256 hash_of_content(TarReader& from) {
  ContentHash hash;
  from.content(hash);
  return hash.take();
}

/// Builds a LayerTree, member by member.
class LayerReader {
 public:
  LayerReader(LayerForm form, Contents contents)
      : form_(form),
        contents_(contents),
        layer_{FileTree(form == LayerForm::windows ? Names::folded : Names::exact)} {}

  void add(TarMember member, TarReader& from) {
    const bool regular = member.kind == TarMember::Kind::regular;
    std::optional<Node::Sha256> content;
    if (contents_ == Contents::sealed) {
      sealer_.add(member);
      if (regular) sealer_.add_content(content.emplace(hash_of_content(from)));
    }
    if (form_ == LayerForm::windows && !move_up(member)) return;
    if (is_whiteout(parent_path(member.path))) throw no_file(member.path);
    if (is_whiteout(member.path)) return add_whiteout(member.path);
    if (!member.path.empty()) member.path = layer_.tree.through_links(member.path);
    if (member.kind == TarMember::Kind::hard_link) return add_link(member);
    if (member.path.empty() && member.kind != TarMember::Kind::directory) {
      throw Error(Errc::corrupt, "expected a directory as the root, found something else");
    }
    layer_.links.erase(layer_.tree.key(member.path));
    Node node(member);
    if (regular && contents_ != Contents::passed_over) {
      node.content = content ? *content : hash_of_content(from);
      node.hashed = true;
    }
    layer_.tree.put(member.path, std::move(node));
  }

  LayerTree take() {
    if (contents_ == Contents::sealed) layer_.seal = sealer_.take();
    return std::move(layer_);
  }

 private:
  static Error no_file(const std::string& path) {
    return Error(Errc::corrupt, "expected whiteouts to name a file, found '" + path + "'");
  }

  void add_whiteout(const std::string& path) {
    const std::string directory(parent_path(path));
    const std::string_view name = base_name(path);
    if (name == opaque_marker) return layer_.emptied.push_back(directory);
    if (name.starts_with(bookkeeping_prefix)) return;
    const std::string_view of = name.substr(whiteout_prefix.size());
    if (of.empty() || of == "." || of == "..") throw no_file(path);
    layer_.removed.push_back(joined(directory, of));
  }

  void add_link(const TarMember& member) {
    const std::string target = layer_.tree.key(layer_.tree.through_links(member.link_target));
    const std::string path = layer_.tree.key(member.path);
    if (const auto* place = layer_.tree.place(target); place != nullptr) {
      if (layer_.tree.node(place->second).is_directory())
        throw no_target(member.path, member.link_target);
      if (path != target) layer_.tree.link(member.path, place->second.node);
      return;
    }
    // One to a file of the layers below, or to such a link.
    const auto known = layer_.links.find(target);
    layer_.tree.remove(member.path);
    layer_.links[path] = {member.path,
                          known != layer_.links.end() ? known->second.target : member.link_target};
  }

  LayerForm form_;
  Contents contents_;
  LayerSealer sealer_ = {};
  LayerTree layer_;
};

}  // namespace

LayerTree read_layer_tree(TarReader& from, LayerForm form, const std::stop_token& stop,
                          Contents contents) {
  LayerReader reader(form, contents);
  while (auto member = from.next()) {
    throw_if_stopped(stop);
    reader.add(std::move(*member), from);
  }
  return reader.take();
}

void apply_layer(FileTree& below, LayerTree layer) {
  std::map<std::string, std::uint32_t> targets;  // looked up before anything is removed
  for (const auto& [key, link] : layer.links) {
    const auto* place = below.place(below.key(below.through_links(link.target)));
    if (place == nullptr || below.node(place->second).is_directory()) {
      throw no_target(link.path, link.target);
    }
    targets.emplace(link.path, place->second.node);
  }
  for (const std::string& path : layer.removed) below.remove(below.through_links(path));
  for (const std::string& path : layer.emptied) {
    below.remove_below(path.empty() ? path : parent_path(below.through_links(path + "/x")));
  }
  below.overlay(std::move(layer.tree));
  for (const auto& [path, node] : targets) below.link(below.through_links(path), node);
}

void ContentHash::write(Bytes bytes) { hasher_.update(bytes); }

Node::Sha256 ContentHash::take() {
  const Digest digest = hasher_.digest();
  const std::string_view hex = digest.encoded();
  Node::Sha256 bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    unsigned value = 0;
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, value, 16);
    bytes[i] = static_cast<std::byte>(value);
  }
  return bytes;
}

bool is_whiteout(std::string_view path) {
  while (!path.empty()) {
    if (base_name(path).starts_with(whiteout_prefix)) return true;
    path = parent_path(path);
  }
  return false;
}

}  // namespace ocimux
