#include "jobs/diff_image.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "compose/layer_seal.hpp"
#include "digest/digester.hpp"
#include "io/memory.hpp"
#include "jobs/document_difference.hpp"
#include "jobs/file_difference.hpp"
#include "jobs/image_tree.hpp"
#include "jobs/layer_difference.hpp"
#include "jobs/platform_truth.hpp"
#include "source/rootfs.hpp"
#include "source/rootfs_members.hpp"
#include "spec/descriptor_json.hpp"
#include "tar/reader.hpp"

#include <algorithm>

namespace ocimux {
namespace {

// What follows from the bytes that are described.
void erase_identity(Json& descriptor) {
  for (const char* key : {"digest", "size", "data"}) descriptor.erase(key);
}

Json without_identity(const Descriptor& descriptor) {
  Descriptor plain = descriptor;
  plain.annotations.erase(std::string(annotation::ref_name));  // names are not compared
  plain.annotations.erase(std::string(annotation::image_name));
  Json json = to_json(plain);
  erase_identity(json);
  return json;
}

// Layers that others were added to are told as layers alone.
Json without_digests(const StoredImage& image, bool layers) {
  Json manifest = Json::parse(image.manifest_text);
  Json config = manifest.at("config");
  erase_identity(config);
  manifest.set("config", std::move(config));
  if (!layers) {
    manifest.erase("layers");
    return manifest;
  }
  Json::Array all;
  for (Json layer : array_member(manifest, "layers")) {
    erase_identity(layer);
    all.push_back(std::move(layer));
  }
  manifest.set("layers", std::move(all));
  return manifest;
}

Json without_diff_ids(const Image& image) {
  Json config = config_of(image);
  config.erase("rootfs");
  return config;
}

void compare_documents(const StoredImage& before, const StoredImage& after,
                       ImageDifference& found) {
  found.before = before.descriptor.digest;
  found.after = after.descriptor.digest;
  found.descriptor =
      document_difference(without_identity(before.descriptor), without_identity(after.descriptor));
  if (before.manifest_text == after.manifest_text) return;
  const bool layers = before.manifest.layers.size() == after.manifest.layers.size();
  found.manifest =
      document_difference(without_digests(before, layers), without_digests(after, layers));
}

const std::string& config_text(const Image& image) {
  const auto* stored = std::get_if<StoredImage>(&image.content);
  return stored != nullptr ? stored->config_text : std::get<SavedImage>(image.content).config_text;
}

// Where all that was found leaves the bytes of a document unexplained.
void add_form(const Image& before, const Image& after, ImageDifference& found) {
  if (found.config.empty() && found.layers.empty() && config_text(before) != config_text(after)) {
    found.config.push_back({"form"});
  }
  const bool explained = !found.manifest.empty() || !found.config.empty() || !found.layers.empty();
  if (!explained && found.before && found.after && *found.before != *found.after) {
    found.manifest.push_back({"form"});
  }
}

Digest diff_id_of(const RootfsImage& rootfs, const std::stop_token& stop) {
  NullSink nowhere;
  Digester digester(nowhere);
  write_layer(rootfs, {}, digester, stop);
  return digester.digest();
}

LayerSeal seal_of(const RootfsImage& rootfs, const std::stop_token& stop) {
  const RootfsMembers members(rootfs, {});
  LayerSealer sealer;
  TarReader reader(rootfs.file);
  while (auto member = reader.next()) {
    throw_if_stopped(stop);
    if (!members.apply(*member)) continue;
    sealer.add(*member);
    if (member->kind != TarMember::Kind::regular) continue;
    ContentHash content;
    reader.content(content);
    sealer.add_content(content.take());
  }
  return sealer.take();
}

// Two tars are compared as the layers that merge makes of them.
std::vector<LayerDifference> tar_difference(const RootfsImage& before, const RootfsImage& after,
                                            const std::stop_token& stop) {
  LayerDifference found{LayerRelation::other, 0, 0};
  found.diff_id_before = diff_id_of(before, stop);
  found.diff_id_after = diff_id_of(after, stop);
  if (found.diff_id_before == found.diff_id_after) return {};
  std::vector<LayerDifference> all{std::move(found)};
  relate(all, {seal_of(before, stop)}, {seal_of(after, stop)});
  return all;
}

bool holds_other_files(const std::vector<LayerDifference>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const LayerDifference& layer) {
    return layer.relation != LayerRelation::gzip_time &&
           layer.relation != LayerRelation::same_content;
  });
}

}  // namespace

ImageDifference image_difference(const DiffImage& before, const DiffImage& after,
                                 std::size_t threads, Progress& progress,
                                 const std::stop_token& stop) {
  const Image& a = *before.image;
  const Image& b = *after.image;
  ImageDifference found{before.platform ? before.platform : after.platform};
  const auto* stored_a = std::get_if<StoredImage>(&a.content);
  const auto* stored_b = std::get_if<StoredImage>(&b.content);
  if (stored_a != nullptr && stored_b != nullptr) {
    compare_documents(*stored_a, *stored_b, found);
    if (stored_a->manifest_text == stored_b->manifest_text) return found;
  }
  const bool with_layers = !std::holds_alternative<RootfsImage>(a.content) &&
                           !std::holds_alternative<RootfsImage>(b.content);
  if (with_layers) {
    found.config = document_difference(without_diff_ids(a), without_diff_ids(b));
    found.layers = layer_difference(layers_of(a), layers_of(b), stop);
    add_form(a, b, found);
    if (!holds_other_files(found.layers)) return found;
  }
  const auto* tar_a = std::get_if<RootfsImage>(&a.content);
  const auto* tar_b = std::get_if<RootfsImage>(&b.content);
  if (tar_a != nullptr && tar_b != nullptr) {
    found.layers = tar_difference(*tar_a, *tar_b, stop);
    if (found.layers.empty()) return found;
  }
  const auto read = [&](const Image& image) {
    return within(image.origin, [&] {
      return ImageTree(image, found.platform, Contents::sealed, threads, progress, stop);
    });
  };
  if (!with_layers) {
    found.files = file_difference(read(a).files(), read(b).files(), stop);
    return found;
  }
  const auto [old_tree, new_tree] = within(a.origin + ", " + b.origin, [&] {
    return ImageTree::both(a, b, found.platform, Contents::sealed, threads, progress, stop);
  });
  relate(found.layers, old_tree.seals(), new_tree.seals());
  found.files = file_difference(old_tree.files(), new_tree.files(), stop);
  return found;
}

}  // namespace ocimux
