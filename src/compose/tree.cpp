#include "compose/tree.hpp"

#include <ocimux/base/error.hpp>

#include "tar/path.hpp"

#include <algorithm>
#include <utility>

namespace ocimux {
namespace {

constexpr std::string_view capability_xattr = "security.capability";

// In front of all other characters, so that what is below or part of a path follows it.
int rank(char c) {
  if (c == ':') return -2;
  if (c == '/') return -1;
  return static_cast<unsigned char>(c);
}

char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_rare(const Node::Rare& rare) { return rare != Node::Rare(); }

}  // namespace

Node::Node(const TarMember& member)
    : kind(member.kind),
      implied(false),
      sparse(member.sparse),
      mode(static_cast<std::uint16_t>(member.mode)),
      mtime_nanoseconds(static_cast<std::uint32_t>(member.mtime_nanoseconds)),
      mtime(member.mtime),
      uid(member.uid),
      gid(member.gid),
      size(member.size),
      header_offset(member.header_offset),
      data_offset(member.data_offset) {
  Rare all;
  if (kind == Kind::symlink) all.link_target = member.link_target;
  if (kind == Kind::character || kind == Kind::block) {
    all.device_major = member.device_major;
    all.device_minor = member.device_minor;
  }
  all.xattrs = member.xattrs;
  if (is_rare(all)) rare = std::make_shared<const Rare>(std::move(all));
}

std::string_view Node::link_target() const {
  return rare ? std::string_view(rare->link_target) : std::string_view();
}

std::string_view Node::capability() const {
  if (!rare) return {};
  const auto found = rare->xattrs.find(std::string(capability_xattr));
  return found == rare->xattrs.end() ? std::string_view() : std::string_view(found->second);
}

TarMember Node::member(std::string path) const {
  TarMember member;
  member.path = std::move(path);
  member.kind = kind;
  member.size = size;
  member.header_offset = header_offset;
  member.data_offset = data_offset;
  member.sparse = sparse;
  member.mode = mode;
  member.uid = uid;
  member.gid = gid;
  member.mtime = mtime;
  member.mtime_nanoseconds = mtime_nanoseconds;
  if (rare) {
    member.link_target = rare->link_target;
    member.device_major = rare->device_major;
    member.device_minor = rare->device_minor;
    member.xattrs = rare->xattrs;
  }
  return member;
}

bool FileTree::Order::operator()(std::string_view a, std::string_view b) const {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (x == a.end() || y == b.end()) return a.size() < b.size();
  return rank(*x) < rank(*y);
}

FileTree FileTree::copy() const {
  FileTree twin(names_);
  twin.nodes_ = nodes_;
  twin.weight_ = weight_;
  for (const auto& [path, place] : places_) {
    Place same{place.node};
    if (place.spelling) same.spelling = std::make_unique<const std::string>(*place.spelling);
    twin.places_.emplace_hint(twin.places_.end(), path, std::move(same));
  }
  return twin;
}

std::string FileTree::key(std::string_view path) const {
  std::string key(path);
  if (names_ == Names::folded) std::transform(key.begin(), key.end(), key.begin(), folded);
  return key;
}

std::string_view FileTree::spelled(const Places::value_type& place) {
  return place.second.spelling ? *place.second.spelling : place.first;
}

const FileTree::Places::value_type* FileTree::place(std::string_view key) const {
  const auto found = places_.find(key);
  return found == places_.end() ? nullptr : &*found;
}

const Node* FileTree::find(std::string_view key) const {
  const auto* found = place(key);
  return found == nullptr ? nullptr : &nodes_[found->second.node];
}

std::string FileTree::through_links(std::string_view path) const {
  if (names_ == Names::folded) return std::string(path);
  const auto directory = follow_links(parent_path(path), [this](const std::string& at) {
    const Node* there = find(at);
    const bool link = there != nullptr && there->kind == Node::Kind::symlink;
    return link ? std::optional(std::string_view(there->link_target())) : std::nullopt;
  });
  if (!directory) {
    throw Error(Errc::corrupt, "'" + std::string(path) +
                                   "': expected a path, found a circle of links in front of it");
  }
  return joined_path(*directory, base_name(path));
}

void FileTree::weigh(std::size_t more) {
  constexpr std::size_t most = std::size_t{2} << 30;
  weight_ += more;
  if (weight_ > most) {
    throw Error(Errc::unsupported,
                "expected a file tree of which 2 GiB of memory hold the names, found a larger one");
  }
}

std::uint32_t FileTree::add(Node node) {
  weigh(sizeof(Node));
  if (node.rare) {
    weigh(sizeof(Node::Rare) + node.rare->link_target.size());
    for (const auto& [name, value] : node.rare->xattrs) weigh(name.size() + value.size());
  }
  nodes_.push_back(std::move(node));
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

FileTree::Places::iterator FileTree::set(std::string_view path, std::uint32_t id) {
  const auto [place, fresh] = places_.try_emplace(key(path));
  constexpr std::size_t rest_of_a_place = 120;
  if (fresh) weigh(path.size() + rest_of_a_place);
  if (!fresh) --nodes_[place->second.node].links;
  if (fresh && place->first != path) {
    place->second.spelling = std::make_unique<const std::string>(path);
  }
  place->second.node = id;
  ++nodes_[id].links;
  return place;
}

void FileTree::make_parents(std::string_view path) {
  constexpr std::size_t longest = 4096;
  constexpr std::ptrdiff_t deepest = 256;  // each directory is one more node, and one more lookup
  const std::ptrdiff_t depth = std::count(path.begin(), path.end(), '/');
  if (path.size() > longest || depth > deepest) {
    throw Error(Errc::unsupported, "expected paths of at most " + std::to_string(longest) +
                                       " bytes and " + std::to_string(deepest) +
                                       " directories, found one of " + std::to_string(path.size()) +
                                       " and " + std::to_string(depth));
  }
  const std::string_view above = parent_path(path);
  if (path.empty() || above.empty()) return;
  const Node* there = find(key(above));
  if (there != nullptr && there->is_directory()) return;
  if (there != nullptr) remove(above);
  make_parents(above);
  set(above, add({}));
}

std::uint32_t FileTree::put(std::string_view path, Node node) {
  make_parents(path);
  const Node* there = find(key(path));
  if (there != nullptr && !(there->is_directory() && node.is_directory())) {
    remove_below(path);
    remove_streams(path);
  }
  const std::uint32_t id = add(std::move(node));
  set(path, id);
  return id;
}

void FileTree::link(std::string_view path, std::uint32_t id) {
  make_parents(path);
  remove_below(path);
  remove_streams(path);
  set(path, id);
}

void FileTree::drop(Places::iterator begin, Places::iterator end) {
  for (auto at = begin; at != end; ++at) --nodes_[at->second.node].links;
  places_.erase(begin, end);
}

void FileTree::remove(std::string_view path) {
  remove_below(path);
  remove_streams(path);
  if (const auto found = places_.find(key(path)); found != places_.end()) {
    drop(found, std::next(found));
  }
}

void FileTree::remove_below(std::string_view path) {
  if (path.empty()) {
    drop(places_.upper_bound(std::string_view()), places_.end());
    return;
  }
  // Past the streams of the path, which stand in front of what is below it.
  drop_all_with(key(path) + "/");
}

void FileTree::drop_all_with(const std::string& prefix) {
  const auto begin = places_.lower_bound(prefix);
  auto end = begin;
  while (end != places_.end() && end->first.starts_with(prefix)) ++end;
  drop(begin, end);
}

void FileTree::remove_streams(std::string_view path) {
  if (names_ == Names::folded && !path.empty()) drop_all_with(key(path) + ":");
}

void FileTree::overlay(FileTree&& from) {
  std::map<std::uint32_t, std::uint32_t> ids;  // of nodes with several paths
  for (auto& [path, place] : from.places_) {
    Node& node = from.nodes_[place.node];
    const std::string name = through_links(place.spelling ? *place.spelling : path);
    if (const auto known = ids.find(place.node); known != ids.end()) {
      link(name, known->second);
      continue;
    }
    const Node* there = find(key(name));
    if (node.implied && there != nullptr &&
        (there->is_directory() || there->kind == Node::Kind::symlink)) {
      continue;  // what is below goes into it, or through it
    }
    const bool shared = node.links > 1;
    const std::uint32_t of = place.node;
    node.links = 0;
    const std::uint32_t id = put(name, std::move(node));
    if (shared) ids.emplace(of, id);
  }
}

TarMember hard_link_to(const std::string& target, TarMember member) {
  member.kind = TarMember::Kind::hard_link;
  member.link_target = target;
  member.size = 0;
  member.sparse = false;
  member.xattrs.clear();
  return member;
}

}  // namespace ocimux
