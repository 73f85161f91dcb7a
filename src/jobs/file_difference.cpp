#include "jobs/file_difference.hpp"

#include "base/parallel.hpp"
#include "jobs/file_entry.hpp"

#include <map>
#include <string_view>

namespace ocimux {
namespace {

const Node::Rare& rare_of(const Node& node) {
  static const Node::Rare none;
  return node.rare ? *node.rare : none;
}

bool is_device(const Node& node) {
  return node.kind == Node::Kind::character || node.kind == Node::Kind::block;
}

// What is compared of two nodes of one kind.
std::vector<FileAspect> aspects_of(const Node& a, const Node& b) {
  if (a.kind != b.kind) return {FileAspect::kind};
  if (a.implied || b.implied) return {};
  std::vector<FileAspect> found;
  const auto add = [&](FileAspect aspect, bool differs) {
    if (differs) found.push_back(aspect);
  };
  const Node::Rare& x = rare_of(a);
  const Node::Rare& y = rare_of(b);
  const bool regular = a.kind == Node::Kind::regular;
  add(FileAspect::content, regular && (a.size != b.size || a.content != b.content));
  // Of a symlink it means nothing, and those who write tars do not agree on it.
  add(FileAspect::mode, a.kind != Node::Kind::symlink && a.mode != b.mode);
  add(FileAspect::owner, a.uid != b.uid || a.gid != b.gid);
  add(FileAspect::target, x.link_target != y.link_target);
  add(FileAspect::device,
      is_device(a) && (x.device_major != y.device_major || x.device_minor != y.device_minor));
  add(FileAspect::xattrs, x.xattrs != y.xattrs);
  return found;
}

bool other_time(const Node& a, const Node& b) {
  return a.kind == b.kind && !a.implied && !b.implied &&
         (a.mtime != b.mtime || a.mtime_nanoseconds != b.mtime_nanoseconds);
}

/// A tree on the way through it.
class Side {
 public:
  explicit Side(const FileTree& tree) : tree_(tree), at_(tree.places().begin()) {
    // Some tars have an entry for their root, some not.
    if (at_ != tree.places().end() && at_->first.empty()) {
      root_ = &node();
      ++at_;
    }
    for (const auto& place : tree.places()) {
      if (tree.node(place.second).links > 1) first_.try_emplace(place.second.node, place.first);
    }
  }

  [[nodiscard]] bool ended() const { return at_ == tree_.places().end(); }
  [[nodiscard]] std::string_view key() const { return at_->first; }
  [[nodiscard]] const Node& node() const { return tree_.node(at_->second); }
  [[nodiscard]] const Node& root() const { return *root_; }
  /// The first path of the file here; its own, unless it is another one's hard link.
  [[nodiscard]] std::string_view first_path() const {
    const auto found = first_.find(at_->second.node);
    return found == first_.end() ? key() : found->second;
  }
  [[nodiscard]] FileEntry entry() const {
    FileEntry entry = entry_of(tree_, *at_);
    if (first_path() != key()) entry.hard_link_of = "/" + std::string(first_path());
    return entry;
  }
  void next() { ++at_; }

 private:
  const FileTree& tree_;
  FileTree::Places::const_iterator at_;
  Node no_root_;
  const Node* root_ = &no_root_;
  std::map<std::uint32_t, std::string_view> first_;
};

void compare_roots(const Side& before, const Side& after, std::vector<FileDifference>& found) {
  auto aspects = aspects_of(before.root(), after.root());
  if (other_time(before.root(), after.root())) aspects.push_back(FileAspect::time);
  if (aspects.empty()) return;
  found.push_back({entry_of(before.root(), ""), entry_of(after.root(), ""), std::move(aspects)});
}

void compare(const Side& before, const Side& after, std::vector<FileDifference>& found) {
  auto aspects = aspects_of(before.node(), after.node());
  if (before.first_path() != after.first_path()) aspects.push_back(FileAspect::links);
  if (other_time(before.node(), after.node())) aspects.push_back(FileAspect::time);
  if (aspects.empty()) return;
  found.push_back({before.entry(), after.entry(), std::move(aspects)});
}

}  // namespace

std::vector<FileDifference> file_difference(const FileTree& before, const FileTree& after,
                                            const std::stop_token& stop) {
  std::vector<FileDifference> found;
  Side a(before);
  Side b(after);
  compare_roots(a, b, found);
  const FileTree::Order less;
  while (!a.ended() || !b.ended()) {
    throw_if_stopped(stop);
    if (b.ended() || (!a.ended() && less(a.key(), b.key()))) {
      found.push_back({a.entry(), std::nullopt});
      a.next();
    } else if (a.ended() || less(b.key(), a.key())) {
      found.push_back({std::nullopt, b.entry()});
      b.next();
    } else {
      compare(a, b, found);
      a.next();
      b.next();
    }
  }
  return found;
}

}  // namespace ocimux
