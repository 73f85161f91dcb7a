#include "jobs/rootfs_layers.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "compose/difference.hpp"
#include "compose/flatten.hpp"
#include "compose/member_layer.hpp"
#include "compose/rootfs_tree.hpp"
#include "compose/windows_layer.hpp"
#include "compress/decompressed.hpp"
#include "jobs/layer.hpp"
#include "jobs/verify_windows.hpp"
#include "tar/reader.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ocimux {
namespace {

bool is_windows(const Entry& entry) { return entry.platform.os == "windows"; }

RootfsImage* rootfs_of(Entry& entry) { return std::get_if<RootfsImage>(&entry.image.content); }

LayerForm form_of(const Entry& entry) {
  return is_windows(entry) ? LayerForm::windows : LayerForm::plain;
}

Names names_of(LayerForm form) { return form == LayerForm::windows ? Names::folded : Names::exact; }

LayerTree read_layer(const BaseImage& base, std::size_t i, LayerForm form, Progress& progress,
                     const std::stop_token& stop) {
  const Body body = base.layer(i);
  ProgressTask task(progress, "base " + base.platform.string() + " " + base.reference, body.size);
  TarReader reader(checked_diff_id(decompressed(watched(body, task).open()), base.diff_ids()[i]));
  return read_layer_tree(reader, form, stop);
}

/// A base and what it is as one tree.
struct Flattened {
  const BaseImage* base;
  LayerForm form;
  std::vector<std::optional<LayerTree>> layers = {};
  std::optional<FileTree> tree = {};
};

std::string layer_name(const BaseImage& base, std::size_t i) {
  return "--base " + base.reference + ": layer " + std::to_string(i + 1);
}

// All layers of all bases at once: what takes long is reading them; putting them over each other
// does not.
void flatten(std::vector<Flattened>& bases, std::size_t jobs, Progress& progress,
             const std::stop_token& stop) {
  std::vector<std::pair<Flattened*, std::size_t>> layers;
  for (Flattened& flattened : bases) {
    flattened.layers.resize(flattened.base->layers());
    for (std::size_t i = 0; i < flattened.layers.size(); ++i) layers.emplace_back(&flattened, i);
  }
  parallel_for_each(layers, jobs, stop, [&](const auto& layer, const std::stop_token& inner) {
    const auto& [flattened, i] = layer;
    within(layer_name(*flattened->base, i), [&, &flattened = flattened, i = i] {
      flattened->layers[i] = read_layer(*flattened->base, i, flattened->form, progress, inner);
    });
  });
  for (Flattened& flattened : bases) {
    flattened.tree.emplace(names_of(flattened.form));
    for (std::size_t i = 0; i < flattened.layers.size(); ++i) {
      within(layer_name(*flattened.base, i),
             [&] { apply_layer(*flattened.tree, std::move(*flattened.layers[i])); });
    }
    flattened.layers.clear();
  }
}

std::string version_of(const Platform& platform) {
  return platform.os_version.empty() ? "an unknown version" : platform.os_version;
}

// Made from another build of Windows, an image starts with files of two that do not go together.
void refuse_other_base(const Entry& entry, const FileTree& base, const Difference& found,
                       const MergeOptions& options, Progress& progress) {
  const BaseFit fit = fit_of(base, found.files_replaced);
  if (fit.fits()) return;
  constexpr std::size_t told = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(told, fit.changed.size()); ++i) {
    names += (i == 0 ? "" : ", ") + fit.changed[i];
  }
  const Platform own = entry.image.name_platform.value_or(Platform{});
  const std::string text = "expected a tree made from " + entry.base->reference + " (" +
                           version_of(entry.base->platform) + "), found one of " + version_of(own) +
                           " where " + std::to_string(fit.changed.size()) + " of the base's " +
                           std::to_string(fit.files) +
                           " files below Windows/ are others or gone: " + names + ", …";
  if (!options.allow_mismatch) {
    throw Error(Errc::conflict, text,
                "take the base it was built from, of the very same revision, or --allow-mismatch");
  }
  progress.warn(entry.image.origin + ": " + text);
}

void decide_over_base(Entry& entry, const RootfsImage& rootfs, const FileTree& base,
                      const MergeOptions& options, std::size_t threads, Progress& progress,
                      const std::stop_token& stop) {
  FileTree tree = read_rootfs_tree(rootfs, options.source_date_epoch, base.names(), stop);
  Difference found =
      difference(base, tree, is_windows(entry) ? Attributes::invented : Attributes::compared,
                 content_reader(rootfs.file, threads), stop);
  if (is_windows(entry)) refuse_other_base(entry, base, found, options, progress);
  entry.members = std::move(found.members);
}

// The whole tree in the form that Windows reads; it lacks what only a base has.
void decide_without_base(Entry& entry, const RootfsImage& rootfs, const MergeOptions& options,
                         Progress& progress, const std::stop_token& stop) {
  const char* hint =
      "--base REF, the image it was built from (for example "
      "mcr.microsoft.com/windows/nanoserver as an archive), makes it complete";
  const std::string text =
      "expected a base for a Windows root filesystem, found none: without its registry hives and "
      "security descriptors the image runs only as a HostProcess container";
  if (options.strict) throw Error(Errc::conflict, text, hint);
  progress.warn(entry.image.origin + ": " + text + " (" + hint + ")");
  entry.members =
      all_members(read_rootfs_tree(rootfs, options.source_date_epoch, Names::folded, stop));
}

// What is a layer of Windows already is stored as it is, so Windows must be able to read it.
void check_windows_layer(const RootfsImage& rootfs, const std::stop_token& stop) {
  const std::string inside = rootfs.directory.empty() ? "" : rootfs.directory + "/";
  WindowsContents contents;
  TarReader reader(rootfs.file);
  while (auto member = reader.next()) {
    throw_if_stopped(stop);
    if (!member->path.starts_with(inside)) continue;
    if (member->link_target.starts_with(inside)) member->link_target.erase(0, inside.size());
    contents.add(*member, member->path.substr(inside.size()), WindowsContents::Records::present,
                 true);
  }
  contents.end();
  if (!contents.form().whiteout.empty()) {
    throw Error(
        Errc::corrupt,
        "expected no whiteouts in the first layer of an image for Windows, found '" +
            contents.form().whiteout + "'",
        "Windows refuses them there: make an archive of the whole image, or leave them out");
  }
  if (contents.form().wrong.empty()) return;
  const Said& said = contents.form().wrong.front();
  throw Error(Errc::corrupt, "expected " + said.expected + ", found " + said.found, said.hint);
}

void decide(Entry& entry, const FileTree* base, const MergeOptions& options, std::size_t threads,
            Progress& progress, const std::stop_token& stop) {
  const RootfsImage& rootfs = *rootfs_of(entry);
  if (is_windows(entry) && rootfs.is_windows_layer()) {
    if (base == nullptr) return check_windows_layer(rootfs, stop);
    throw Error(Errc::unsupported,
                "expected a root filesystem to compare with a base, found a layer of Windows "
                "(Files/ at the top)",
                "leave out --base for it");
  }
  if (base != nullptr) {
    decide_over_base(entry, rootfs, *base, options, threads, progress, stop);
  } else if (is_windows(entry)) {
    decide_without_base(entry, rootfs, options, progress, stop);
  }
  if (is_windows(entry) && !entry.members->empty()) {
    const std::int64_t newest = rootfs.newest_mtime;
    entry.members = windows_members(std::move(*entry.members),
                                    std::min(newest, options.source_date_epoch.value_or(newest)));
  }
}

void check_codecs(const Entry& entry, const IngestOptions& how) {
  if (is_windows(entry) && how.compression.codec == Codec::zstd) {
    throw Error(Errc::invalid_argument,
                "expected gzip or none for a layer that Windows reads, found zstd",
                "leave out --compression zstd");
  }
  if (!entry.base || how.recompress) return;
  if (!std::holds_alternative<StoredImage>(entry.base->image.content)) return;
  for (std::size_t i = 0; i < entry.base->layers(); ++i) {
    static_cast<void>(base_layer(*entry.base, i, how.format));
  }
}

}  // namespace

void decide_layers(std::vector<Entry>& entries, const MergeOptions& options,
                   const IngestOptions& how, Progress& progress, const std::stop_token& stop) {
  std::vector<Entry*> all;
  std::vector<Flattened> bases;
  for (Entry& entry : entries) {
    if (rootfs_of(entry) == nullptr) continue;
    all.push_back(&entry);
    if (entry.base && std::none_of(bases.begin(), bases.end(), [&](const Flattened& flattened) {
          return flattened.base == entry.base.get();
        })) {
      bases.push_back({entry.base.get(), form_of(entry)});
    }
  }
  flatten(bases, how.jobs, progress, stop);
  for (Entry* entry : all) within(entry->image.origin, [&] { check_codecs(*entry, how); });
  const std::size_t threads =
      std::max<std::size_t>(how.jobs / std::max<std::size_t>(all.size(), 1), 1);
  parallel_for_each(all, how.jobs, stop, [&](Entry* entry, const std::stop_token& inner) {
    const auto base = std::find_if(bases.begin(), bases.end(), [&](const Flattened& flattened) {
      return flattened.base == entry->base.get();
    });
    within(entry->image.origin, [&] {
      decide(*entry, base == bases.end() ? nullptr : &*base->tree, options, threads, progress,
             inner);
    });
  });
}

}  // namespace ocimux
