#include "jobs/verify_listing.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/verify_names.hpp"
#include "layout/layout_files.hpp"
#include "source/file_name.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

namespace ocimux {
namespace {

using Roots = std::vector<std::pair<Descriptor, std::string>>;

/// The entries of index.json.
std::vector<Descriptor> entries_of(const OpenLayout& layout, Survey& survey, Findings& findings) {
  std::vector<Descriptor> entries;
  const auto document = layout.index_text
                            ? read_loosely(*layout.index_text, media_type::oci_index,
                                           Spot{std::string(index_file_name)}, {}, findings)
                            : std::nullopt;
  if (!document) {
    survey.complete = false;
    return entries;
  }
  for (const auto& entry : document->children) {
    survey.complete = survey.complete && entry;
    if (entry) entries.push_back(*entry);
  }
  return entries;
}

/// Those that @p reference names.
Roots chosen(const OpenLayout& layout, const LocalReference& reference, Roots all) {
  ImageStore store{reference.path.string(), {}, layout.find};
  for (const auto& [entry, place] : all) store.index.manifests.push_back(entry);
  const std::vector<Descriptor> selected = select(store, reference);
  Roots roots;
  for (const Descriptor& one : selected) {
    const auto named = std::find_if(all.begin(), all.end(), [&](const auto& root) {
      return root.first.digest == one.digest && root.first.annotations == one.annotations;
    });
    roots.push_back(named == all.end() ? std::pair(one, one.digest.string()) : *named);
  }
  return roots;
}

// The name of an archive that holds one image says something of it, like that of a rootfs tar.
void add_name_platform(const LocalReference& reference, Survey& survey) {
  std::error_code failure;
  if (survey.images.size() != 1 || std::filesystem::is_directory(reference.path, failure)) return;
  const auto named = platform_in_name(reference.path.filename().string());
  if (!named) return;
  survey.images.front().image.name_platform = named->platform;
  survey.images.front().image.windows_name = named->windows_name;
}

std::string place_of(const Image& image, std::size_t images) {
  if (images == 1) return {};
  if (const auto* saved = std::get_if<SavedImage>(&image.content)) {
    return saved->config.platform.string();
  }
  const auto* rootfs = std::get_if<RootfsImage>(&image.content);
  return rootfs == nullptr ? std::string() : rootfs->directory;
}

void list_saved(const SavedImage& saved, const Spot& spot, ListedImage& listed, Survey& survey,
                Findings& findings) {
  static_cast<void>(read_config_loosely(saved.config_text, spot.below("config"),
                                        Digest::of(saved.config_text), findings));
  for (std::size_t i = 0; i < saved.layers.size(); ++i) {
    const Digest& diff_id = saved.config.diff_ids[i];
    Spot place = spot.below("layer " + std::to_string(i + 1));
    place.order = ++survey.visits;
    listed.layers.push_back(diff_id);
    const auto [blob, fresh] = survey.blobs.try_emplace(
        diff_id, ListedBlob{{{}, diff_id, saved.layers[i].size}, saved.layers[i], place});
    if (!fresh) ++blob->second.places;
    blob->second.uses.push_back({place, diff_id, saved.config.platform.os == "windows"});
  }
}

}  // namespace

Survey list(const OpenLayout& layout, const ImageReference& reference, Findings& findings,
            const std::stop_token& stop) {
  const auto* local = std::get_if<LocalReference>(&reference);
  if (local == nullptr) {
    const std::string place = std::get<Reference>(reference).version();
    return walk(layout, name_of(reference), {{layout.roots.front(), place}}, findings, stop);
  }
  Survey read;
  Roots roots = named(entries_of(layout, read, findings));
  if (is_whole(reference)) {
    check_names(roots, findings);
  } else if (read.complete || !roots.empty()) {
    roots = chosen(layout, *local, std::move(roots));
  }
  Survey survey = walk(layout, name_of(reference), roots, findings, stop);
  survey.complete = survey.complete && read.complete;
  add_name_platform(*local, survey);
  return survey;
}

Survey list(std::vector<Image> images, Findings& findings) {
  Survey survey;
  const std::size_t count = images.size();
  std::map<std::string, std::size_t> places;
  for (Image& image : images) {
    std::string place = place_of(image, count);
    if (const std::size_t before = places[place]++; before != 0) {
      place += " #" + std::to_string(before + 1);
    }
    const Spot spot{place, ++survey.visits, survey.images.size()};
    ListedImage listed{spot, std::move(image), true};
    if (const auto* saved = std::get_if<SavedImage>(&listed.image.content)) {
      list_saved(*saved, spot, listed, survey, findings);
    }
    survey.images.push_back(std::move(listed));
  }
  return survey;
}

bool is_whole(const ImageReference& reference) {
  const auto* local = std::get_if<LocalReference>(&reference);
  return local != nullptr && local->tag.empty() && !local->digest;
}

}  // namespace ocimux
