#include "compose/difference.hpp"

#include "base/parallel.hpp"
#include "spec/whiteout.hpp"
#include "tar/path.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

// First every path is compared by itself, without contents; then contents, in parallel, of the
// files where nothing else differs. What must go together (hard links, the streams of a Windows
// file) is marked together. What is marked, what is gone, and the directories above them are the
// layer.

namespace ocimux {
namespace {

using Kind = TarMember::Kind;
using Place = FileTree::Places::value_type;
using Groups = std::unordered_map<std::uint32_t, std::vector<std::string_view>>;

// The paths of each node that has several, in order.
Groups groups_of(const FileTree& tree) {
  Groups groups;
  for (const Place& place : tree.places()) {
    if (tree.node(place.second).links > 1) groups[place.second.node].push_back(place.first);
  }
  return groups;
}

// The file that a Windows stream, `file:stream`, belongs to; of all else the path itself.
std::string_view owner_of(std::string_view path) {
  const std::size_t name = path.size() - base_name(path).size();
  return path.substr(0, path.find(':', name));
}

bool is_stream(std::string_view path) { return owner_of(path).size() != path.size(); }

/// One comparison of two trees.
class Comparison {
 public:
  Comparison(const FileTree& base, FileTree& tree, Attributes attributes)
      : base_(base), tree_(tree), attributes_(attributes) {}

  Difference run(const ContentReader& reader, const std::stop_token& stop) {
    const std::vector<Pair> doubtful = compare_headers();
    compare_contents(doubtful, reader, stop);
    find_removed();
    spread();
    Difference found;
    find_replaced(found);
    add_parents();
    found.members = members();
    return found;
  }

 private:
  /// The same path in both trees, to be told apart by its content.
  struct Pair {
    const Place* place;
    const Node* in_base;
  };

  [[nodiscard]] bool compares() const { return attributes_ == Attributes::compared; }

  // Nothing says how the root is, where it is not in the archives: as directories are made.
  [[nodiscard]] const Node* in_base(const std::string& path) const {
    static const Node root;
    const Node* node = base_.find(path);
    return node == nullptr && path.empty() ? &root : node;
  }

  [[nodiscard]] bool same_attributes(const Node& a, const Node& b) const {
    return a.uid == b.uid && a.gid == b.gid && (a.kind == Kind::symlink || a.mode == b.mode) &&
           a.capability() == b.capability();
  }

  [[nodiscard]] bool same_header(const Node& base, const Node& now) const {
    if (base.kind != now.kind) return false;
    if (now.is_directory() && now.implied) return true;
    if (compares() && !same_attributes(base, now)) return false;
    switch (now.kind) {
      case Kind::regular: return base.size == now.size;
      case Kind::symlink: return base.link_target() == now.link_target();
      case Kind::character:
      case Kind::block: {
        const Node::Rare none;
        const Node::Rare& a = base.rare ? *base.rare : none;
        const Node::Rare& b = now.rare ? *now.rare : none;
        return a.device_major == b.device_major && a.device_minor == b.device_minor;
      }
      default: return true;
    }
  }

  // Marks what differs, and answers the files whose contents decide.
  std::vector<Pair> compare_headers() {
    base_groups_ = groups_of(base_);
    groups_ = groups_of(tree_);
    std::vector<Pair> doubtful;
    for (const Place& place : tree_.places()) {
      if (place.first.empty() && !compares()) continue;
      const Node& node = tree_.node(place.second);
      const Node* there = in_base(place.first);
      if (there == nullptr || !same_header(*there, node) || !same_group(place)) {
        changed_.insert(place.first);
      } else if (node.kind == Kind::regular && node.size != 0) {
        doubtful.push_back({&place, there});
      }
    }
    return doubtful;
  }

  [[nodiscard]] bool same_group(const Place& place) const {
    if (!compares()) return true;
    const auto now = groups_.find(place.second.node);
    const auto* there = base_.place(place.first);
    const auto before =
        there == nullptr ? base_groups_.end() : base_groups_.find(there->second.node);
    if (now == groups_.end() || before == base_groups_.end()) {
      return now == groups_.end() && before == base_groups_.end();
    }
    return now->second == before->second;
  }

  void compare_contents(const std::vector<Pair>& doubtful, const ContentReader& reader,
                        const std::stop_token& stop) {
    // Each file once, however many paths it has.
    std::vector<std::uint32_t> ids;
    for (const Pair& pair : doubtful) ids.push_back(pair.place->second.node);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::sort(ids.begin(), ids.end(), [&](std::uint32_t a, std::uint32_t b) {
      return tree_.at(a).data_offset < tree_.at(b).data_offset;
    });
    parallel_for(ids.size(), reader.threads, stop,
                 [&](std::size_t i, const std::stop_token& inner) {
                   Node& node = tree_.at(ids[i]);
                   node.content = reader.hash(node, inner);
                   node.hashed = true;
                 });
    for (const Pair& pair : doubtful) {
      if (tree_.node(pair.place->second).content != pair.in_base->content) {
        changed_.insert(pair.place->first);
      }
    }
  }

  // What is gone from a directory that is still there; all below goes with it.
  void find_removed() {
    for (const Place& place : base_.places()) {
      const std::string& path = place.first;
      if (path.empty() || tree_.place(path) != nullptr) continue;
      const std::string_view above = parent_path(path);
      const Node* parent = tree_.find(above);
      const bool stands = above.empty() || (parent != nullptr && parent->is_directory());
      if (stands) removed_.insert(path);
    }
  }

  // Marks what must be written together, until nothing is added.
  void spread() {
    for (bool more = true; more;) {
      more = false;
      for (const auto& [node, paths] : groups_) {
        if (std::any_of(paths.begin(), paths.end(), [&](auto p) { return is_changed(p); })) {
          for (const std::string_view path : paths) more |= changed_.insert(path).second;
        }
      }
      if (tree_.names() == Names::folded) more |= spread_to_streams();
    }
  }

  // A file that is written anew loses the streams that are not.
  bool spread_to_streams() {
    std::set<std::string_view> owners;
    for (const Place& place : tree_.places()) {
      if (is_stream(place.first) &&
          (is_changed(place.first) || is_changed(owner_of(place.first)))) {
        owners.insert(owner_of(place.first));
      }
    }
    for (auto gone = removed_.begin(); gone != removed_.end();) {
      const bool stream = is_stream(*gone);
      if (stream && tree_.find(owner_of(*gone)) != nullptr) owners.insert(owner_of(*gone));
      gone = stream ? removed_.erase(gone) : std::next(gone);
    }
    bool more = false;
    for (const Place& place : tree_.places()) {
      if (owners.contains(owner_of(place.first))) more |= changed_.insert(place.first).second;
    }
    return more;
  }

  [[nodiscard]] bool is_changed(std::string_view path) const { return changed_.contains(path); }

  void find_replaced(Difference& found) const {
    for (const Place& place : base_.places()) {
      if (base_.node(place.second).kind != Kind::regular) continue;
      if (is_changed(place.first) || tree_.place(place.first) == nullptr) {
        found.files_replaced.emplace_back(FileTree::spelled(place));
      }
    }
  }

  void add_parents() {
    const auto add = [&](std::string_view path) {
      for (path = parent_path(path); !path.empty(); path = parent_path(path)) {
        if (!parents_.insert(path).second) return;
      }
    };
    for (const std::string_view path : changed_) add(path);
    for (const std::string_view path : removed_) add(path);
  }

  // As the base spells what it has: a directory of another name would be another one.
  [[nodiscard]] std::string spelling(std::string_view path) const {
    if (tree_.names() == Names::exact || path.empty()) return std::string(path);
    const auto* place = base_.place(path);
    if (place == nullptr) place = tree_.place(path);
    const std::string above = spelling(parent_path(path));
    const std::string_view name = base_name(FileTree::spelled(*place));
    return above.empty() ? std::string(name) : above + "/" + std::string(name);
  }

  [[nodiscard]] TarMember entry(const Place& place,
                                std::unordered_map<std::uint32_t, std::string>& written) const {
    const Node& node = tree_.node(place.second);
    std::string path = spelling(place.first);
    if (node.links > 1) {
      const auto [first, fresh] = written.emplace(place.second.node, path);
      if (!fresh) return hard_link_to(first->second, node.member(std::move(path)));
    }
    const Node* there = base_.find(place.first);
    const bool as_before = node.implied && there != nullptr && there->is_directory();
    return (as_before ? *there : node).member(std::move(path));
  }

  [[nodiscard]] TarMember whiteout(std::string_view path) const {
    const std::string of = spelling(path);
    TarMember member;
    member.path = of;
    member.path.insert(of.size() - base_name(of).size(), whiteout_prefix);
    return member;
  }

  [[nodiscard]] std::vector<TarMember> members() const {
    // A whiteout comes behind its directory, and in front of what is in that.
    std::map<std::string, const Place*, FileTree::Order> order;
    for (const std::string_view path : changed_) order.emplace(path, tree_.place(path));
    for (const std::string_view path : parents_) order.emplace(path, tree_.place(path));
    std::map<std::string, std::string_view, FileTree::Order> gone;
    for (const std::string_view path : removed_) {
      const std::string above(parent_path(path));
      gone.emplace(above + "/\x01" + std::string(base_name(path)), path);
    }
    std::vector<TarMember> all;
    std::unordered_map<std::uint32_t, std::string> written;
    auto next_gone = gone.begin();
    const auto add_gone = [&](const std::string* until) {
      for (; next_gone != gone.end() &&
             (until == nullptr || FileTree::Order()(next_gone->first, *until));
           ++next_gone) {
        all.push_back(whiteout(next_gone->second));
      }
    };
    for (const auto& [path, place] : order) {
      add_gone(&path);
      all.push_back(entry(*place, written));
    }
    add_gone(nullptr);
    return all;
  }

  const FileTree& base_;
  FileTree& tree_;
  Attributes attributes_;
  Groups base_groups_;
  Groups groups_;
  std::unordered_set<std::string_view> changed_;  // paths of the tree
  std::set<std::string_view> removed_;            // paths of the base
  std::unordered_set<std::string_view> parents_;
};

}  // namespace

Difference difference(const FileTree& base, FileTree& tree, Attributes attributes,
                      const ContentReader& reader, const std::stop_token& stop) {
  return Comparison(base, tree, attributes).run(reader, stop);
}

}  // namespace ocimux
