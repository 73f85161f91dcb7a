#include "jobs/image_tree.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "compose/member_layer.hpp"
#include "compose/rootfs_tree.hpp"
#include "source/rootfs_members.hpp"
#include "tar/reader.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ocimux {
namespace {

constexpr std::string_view windows_files = "Files/";

LayerForm form_of(const std::optional<Platform>& platform) {
  return platform && platform->os == "windows" ? LayerForm::windows : LayerForm::plain;
}

Names names_of(LayerForm form) { return form == LayerForm::windows ? Names::folded : Names::exact; }

// What is below `Files/` is the file tree of a layer in the form of Windows.
FileTree moved_up(FileTree from) {
  FileTree files(from.names());
  const std::string prefix = files.key(windows_files);
  std::map<std::uint32_t, std::uint32_t> ids;
  for (const auto& place : from.places()) {
    if (!place.first.starts_with(prefix)) continue;
    const std::string path(FileTree::spelled(place).substr(prefix.size()));
    const std::uint32_t id = place.second.node;
    if (const auto known = ids.find(id); known != ids.end()) {
      files.link(path, known->second);
      continue;
    }
    Node node = std::move(from.at(id));
    node.links = 0;
    ids.emplace(id, files.put(path, std::move(node)));
  }
  return files;
}

void hash_contents(FileTree& files, const ContentReader& reader, const std::stop_token& stop) {
  std::vector<std::uint32_t> ids;
  for (const auto& [path, place] : files.places()) {
    if (files.node(place).kind == Node::Kind::regular) ids.push_back(place.node);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  parallel_for_each(ids, reader.threads, stop, [&](std::uint32_t id, const auto& inner) {
    Node& node = files.at(id);
    node.content = reader.hash(node, inner);
    node.hashed = true;
  });
}

/// A layer to be read, and its place in its image.
struct Unread {
  const ImageLayer* layer;
  std::size_t place;
};

LayerTree read_layer(const Unread& unread, LayerForm form, Contents contents, Progress& progress,
                     const std::stop_token& stop) {
  const ImageLayer& layer = *unread.layer;
  ProgressTask task(progress, "reading " + layer.name, layer.stored.size);
  TarReader reader(open_unpacked(layer, task));
  LayerTree tree = read_layer_tree(reader, form, stop, contents);
  for (const auto& [path, place] : tree.tree.places()) {
    tree.tree.at(place.node).layer = static_cast<std::uint32_t>(unread.place);
  }
  return tree;
}

// All at once: what takes long is reading them; putting them over each other does not.
std::vector<std::optional<LayerTree>> read_trees(const std::vector<Unread>& layers, LayerForm form,
                                                 Contents contents, std::size_t threads,
                                                 Progress& progress, const std::stop_token& stop) {
  std::vector<std::optional<LayerTree>> trees(layers.size());
  parallel_for(layers.size(), threads, stop, [&](std::size_t i, const std::stop_token& inner) {
    within(layers[i].layer->name,
           [&] { trees[i] = read_layer(layers[i], form, contents, progress, inner); });
  });
  return trees;
}

std::vector<Unread> unread(const std::vector<ImageLayer>& layers, std::size_t first) {
  std::vector<Unread> all;
  for (std::size_t i = first; i < layers.size(); ++i) all.push_back({&layers[i], i});
  return all;
}

std::size_t shared_front(const std::vector<ImageLayer>& a, const std::vector<ImageLayer>& b) {
  const auto end =
      std::mismatch(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.diff_id == y.diff_id; });
  return static_cast<std::size_t>(end.first - a.begin());
}

// The member of the tar that @p reader reads which begins at @p offset.
void write_member(TarReader& reader, std::int64_t offset, Sink& to, const std::stop_token& stop) {
  bool found = false;
  while (const auto member = reader.next()) {
    throw_if_stopped(stop);
    if (found || member->header_offset != offset) continue;
    reader.content(to);
    found = true;
  }
  if (!found) throw Error(Errc::corrupt, "expected the same layer as before, found another");
}

}  // namespace

ImageTree::ImageTree(const Image& image, const std::optional<Platform>& platform)
    : image_(&image),
      form_(form_of(platform)),
      layers_(layers_of(image)),
      files_(names_of(form_)) {}

ImageTree::ImageTree(const Image& image, const std::optional<Platform>& platform, Contents contents,
                     std::size_t threads, Progress& progress, const std::stop_token& stop)
    : ImageTree(image, platform) {
  if (const auto* rootfs = std::get_if<RootfsImage>(&image.content)) {
    read_rootfs(*rootfs, contents, threads, stop);
    return;
  }
  auto trees = read_trees(unread(layers_, 0), form_, contents, threads, progress, stop);
  for (std::size_t i = 0; i < trees.size(); ++i) put(i, *std::exchange(trees[i], std::nullopt));
}

std::pair<ImageTree, ImageTree> ImageTree::both(const Image& one, const Image& other,
                                                const std::optional<Platform>& platform,
                                                Contents contents, std::size_t threads,
                                                Progress& progress, const std::stop_token& stop) {
  std::pair<ImageTree, ImageTree> both(ImageTree(one, platform), ImageTree(other, platform));
  auto& [a, b] = both;
  const std::size_t shared = shared_front(a.layers_, b.layers_);
  std::vector<Unread> layers = unread(a.layers_, 0);
  const std::vector<Unread> more = unread(b.layers_, shared);
  layers.insert(layers.end(), more.begin(), more.end());
  auto trees = read_trees(layers, a.form_, contents, threads, progress, stop);
  auto next = [&, i = std::size_t{0}]() mutable {
    return *std::exchange(trees[i++], std::nullopt);
  };
  for (std::size_t i = 0; i < shared; ++i) a.put(i, next());
  b.files_ = a.files_.copy();
  b.seals_ = a.seals_;
  for (std::size_t i = shared; i < a.layers_.size(); ++i) a.put(i, next());
  for (std::size_t i = shared; i < b.layers_.size(); ++i) b.put(i, next());
  return both;
}

void ImageTree::put(std::size_t i, LayerTree tree) {
  seals_.push_back(tree.seal);
  within(layers_[i].name, [&] { apply_layer(files_, std::move(tree)); });
}

void ImageTree::read_rootfs(const RootfsImage& rootfs, Contents contents, std::size_t threads,
                            const std::stop_token& stop) {
  files_ = read_rootfs_tree(rootfs, {}, names_of(form_), stop);
  if (form_ == LayerForm::windows && rootfs.is_windows_layer()) {
    files_ = moved_up(std::move(files_));
  }
  if (contents != Contents::passed_over) {
    hash_contents(files_, content_reader(rootfs.file, threads), stop);
  }
}

void ImageTree::content(const Node& node, Sink& to, Progress& progress,
                        const std::stop_token& stop) const {
  if (const auto* rootfs = std::get_if<RootfsImage>(&image_->content)) {
    write_content(rootfs->file, node.member({}), to, stop);
  } else {
    const ImageLayer& layer = layers_.at(node.layer);
    within(layer.name, [&] {
      ProgressTask task(progress, "reading " + layer.name, layer.stored.size);
      TarReader reader(open_unpacked(layer, task));
      write_member(reader, node.header_offset, to, stop);
    });
  }
  to.finish();
}

}  // namespace ocimux
