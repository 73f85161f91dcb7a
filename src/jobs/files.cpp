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

std::vector<FileEntry> entries_below(const FileTree& files, const std::string& top) {
  const auto first = first_paths(files);
  std::vector<FileEntry> entries;
  if (top.empty() && files.find("") == nullptr) entries.push_back(entry_of(Node(), ""));
  for (auto at = files.places().lower_bound(top);
       at != files.places().end() && is_at_or_below(files, at->first, top); ++at) {
    FileEntry entry = entry_of(files, *at);
    const auto file = first.find(at->second.node);
    if (file != first.end() && file->second != FileTree::spelled(*at)) {
      entry.hard_link_of = "/" + std::string(file->second);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
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

}  // namespace

ImageFiles read_files(const FilesOptions& options, Progress& progress,
                      const std::stop_token& stop) {
  const Input input = read_any(options.reference, options.registry, progress, stop);
  return within(input.name, [&] {
    const Image& image = one_image(input, options.platform);
    const Contents contents =
        options.digests == ContentDigests::computed ? Contents::hashed : Contents::passed_over;
    const auto platform = known(image, options.platform);
    const ImageTree tree(image, platform, contents, options.jobs, progress, stop);
    ImageFiles files{input.name, platform, manifest_of(image)};
    files.entries = entries_below(tree.files(), look_up(tree.files(), options.path));
    return files;
  });
}

void cat(const CatOptions& options, Sink& to, Progress& progress, const std::stop_token& stop) {
  const Input input = read_any(options.reference, options.registry, progress, stop);
  within(input.name, [&] {
    const Image& image = one_image(input, options.platform);
    const ImageTree tree(image, known(image, options.platform), Contents::passed_over, options.jobs,
                         progress, stop);
    tree.content(file_at(tree.files(), options.path), to, progress, stop);
  });
}

std::string cat(const CatOptions& options, std::int64_t limit, Progress& progress,
                const std::stop_token& stop) {
  MemorySink text(limit);
  cat(options, text, progress, stop);
  return text.take();
}

}  // namespace ocimux
