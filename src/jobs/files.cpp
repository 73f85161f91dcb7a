#include <ocimux/jobs/files.hpp>

#include <ocimux/base/error.hpp>

#include "compose/tree_lookup.hpp"
#include "io/memory.hpp"
#include "jobs/file_entry.hpp"
#include "jobs/image_tree.hpp"
#include "jobs/one_image.hpp"
#include "jobs/registry_input.hpp"

#include <map>

namespace ocimux {
namespace {

// Of a hard link the first path counts as the file, though it may not be asked for.
std::map<std::uint32_t, std::string_view> first_paths(const FileTree& files) {
  std::map<std::uint32_t, std::string_view> first;
  for (const auto& place : files.places()) {
    if (files.node(place.second).links > 1) {
      first.try_emplace(place.second.node, FileTree::spelled(place));
    }
  }
  return first;
}

// A file's streams, on Windows, are part of it.
bool is_at_or_below(const FileTree& files, std::string_view key, std::string_view top) {
  if (top.empty() || key == top) return true;
  if (!key.starts_with(top)) return false;
  return key[top.size()] == '/' || (files.names() == Names::folded && key[top.size()] == ':');
}

FileEntry entry_at(const FileTree& files, const FileTree::Places::value_type& place,
                   const std::map<std::uint32_t, std::string_view>& first) {
  FileEntry entry = entry_of(files, place);
  const auto file = first.find(place.second.node);
  if (file != first.end() && file->second != FileTree::spelled(place)) {
    entry.hard_link_of = "/" + std::string(file->second);
  }
  return entry;
}

std::vector<FileEntry> entries_below(const FileTree& files, const std::string& top) {
  const auto first = first_paths(files);
  std::vector<FileEntry> entries;
  if (top.empty() && files.find("") == nullptr) entries.push_back(entry_of(Node(), ""));
  for (auto at = files.places().lower_bound(top);
       at != files.places().end() && is_at_or_below(files, at->first, top); ++at) {
    entries.push_back(entry_at(files, *at, first));
  }
  return entries;
}

// The key of the path that is asked for.
std::string key_of(const FileTree& files, const FilesOptions& options) {
  return look_up(files, options.path,
                 options.last_link == LastLink::followed ? LinkAtEnd::followed : LinkAtEnd::kept);
}

FileSearch search(const FileTree& files, const FilesOptions& options) {
  try {
    const auto* place = files.place(key_of(files, options));
    if (place == nullptr) return {entry_of(Node(), "")};
    return {entry_at(files, *place, first_paths(files))};
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    return {{}, std::string(error.what()) + (error.hint().empty() ? "" : "; " + error.hint())};
  }
}

std::optional<Digest> manifest_of(const Image& image) {
  const auto* stored = std::get_if<StoredImage>(&image.content);
  if (stored == nullptr) return std::nullopt;
  return stored->descriptor.digest;
}

// What the caller says, where nothing else does.
std::optional<Platform> known(const Image& image, const std::optional<Platform>& said) {
  const auto platform = platform_of(image);
  return platform ? platform : said;
}

const Node& file_at(const FileTree& files, const std::string& path) {
  const Node* node = files.find(look_up(files, path));
  if (node != nullptr && node->kind == Node::Kind::regular) return *node;
  const std::string found(name_of(node == nullptr ? FileKind::directory : kind_of(*node)));
  throw Error(Errc::invalid_argument, "'" + path + "': expected a file, found a " + found,
              node == nullptr || node->is_directory() ? "ocimux files lists what is in it" : "");
}

/// An image of an input, read. Its tree refers to the input's memory, which does not move.
struct Read {
  Input input;
  const Image* image = nullptr;
  std::optional<Platform> platform = {};
  std::optional<ImageTree> tree = {};
};

Read read_image(const FilesOptions& options, Progress& progress, const std::stop_token& stop) {
  Read read{read_any(options.reference, options.registry, progress, stop)};
  within(read.input.name, [&] {
    read.image = &one_image(read.input, options.platform);
    read.platform = known(*read.image, options.platform);
    const Contents contents =
        options.digests == ContentDigests::computed ? Contents::hashed : Contents::passed_over;
    read.tree.emplace(*read.image, read.platform, contents, options.jobs, progress, stop);
  });
  return read;
}

}  // namespace

ImageFiles read_files(const FilesOptions& options, Progress& progress,
                      const std::stop_token& stop) {
  const Read read = read_image(options, progress, stop);
  const FileTree& tree = read.tree->files();
  ImageFiles files{read.input.name, read.platform, manifest_of(*read.image)};
  files.entries =
      within(read.input.name, [&] { return entries_below(tree, key_of(tree, options)); });
  return files;
}

FileSearch find_file(const FilesOptions& options, Progress& progress, const std::stop_token& stop) {
  const Read read = read_image(options, progress, stop);
  return within(read.input.name, [&] { return search(read.tree->files(), options); });
}

void cat(const CatOptions& options, Sink& to, Progress& progress, const std::stop_token& stop) {
  FilesOptions which{options.reference, options.platform, options.path, ContentDigests::left_out};
  which.jobs = options.jobs;
  which.registry = options.registry;
  const Read read = read_image(which, progress, stop);
  // Where both go to one terminal, a bar would be drawn into what is printed.
  within(read.input.name, [&] {
    read.tree->content(file_at(read.tree->files(), options.path), to, silent_progress(), stop);
  });
}

std::string cat(const CatOptions& options, std::int64_t limit, Progress& progress,
                const std::stop_token& stop) {
  MemorySink text(limit);
  cat(options, text, progress, stop);
  return text.take();
}

}  // namespace ocimux
