#include "jobs/file_entry.hpp"

#include <array>

namespace ocimux {
namespace {

Digest digest_of(const Node::Sha256& content) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "sha256:";
  for (const std::byte byte : content) {
    text += digits[std::to_integer<std::size_t>(byte) >> 4U];
    text += digits[std::to_integer<std::size_t>(byte) & 0xfU];
  }
  return Digest::parse(text);
}

}  // namespace

FileKind kind_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::directory: return FileKind::directory;
    case Node::Kind::symlink: return FileKind::symlink;
    case Node::Kind::character: return FileKind::character;
    case Node::Kind::block: return FileKind::block;
    case Node::Kind::fifo: return FileKind::fifo;
    case Node::Kind::regular:
    case Node::Kind::hard_link: break;  // which a node never is
  }
  return FileKind::regular;
}

FileEntry entry_of(const Node& node, std::string_view path) {
  FileEntry entry{"/" + std::string(path), kind_of(node), node.implied, node.mode};
  entry.uid = node.uid;
  entry.gid = node.gid;
  if (entry.kind == FileKind::regular) entry.size = node.size;
  entry.mtime = node.mtime;
  entry.mtime_nanoseconds = node.mtime_nanoseconds;
  entry.link_target = node.link_target();
  if (node.rare) {
    entry.device_major = node.rare->device_major;
    entry.device_minor = node.rare->device_minor;
    entry.xattrs = node.rare->xattrs;
  }
  if (node.hashed) entry.digest = digest_of(node.content);
  return entry;
}

FileEntry entry_of(const FileTree& tree, const FileTree::Places::value_type& place) {
  return entry_of(tree.node(place.second), FileTree::spelled(place));
}

std::string_view name_of(FileKind kind) {
  switch (kind) {
    case FileKind::regular: return "file";
    case FileKind::directory: return "directory";
    case FileKind::symlink: return "symlink";
    case FileKind::character: return "character device";
    case FileKind::block: return "block device";
    case FileKind::fifo: return "fifo";
  }
  return "";
}

}  // namespace ocimux
