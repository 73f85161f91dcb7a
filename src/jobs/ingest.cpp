#include "jobs/ingest.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "compose/member_layer.hpp"
#include "digest/digester.hpp"
#include "jobs/foreign_layer.hpp"
#include "jobs/layer.hpp"
#include "source/rootfs.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

// The work list is known before anything is written: one task for each distinct blob, largest
// first. Layers that are made and large come first, in as many lanes as have enough threads each;
// then the rest, one task a thread (more where there are at most half as many tasks).

namespace ocimux {
namespace {

// Below this a layer has too few blocks to keep the threads busy.
constexpr std::int64_t worth_many_threads = 8 << 20;
// More threads than this in one layer wait for the one that reads and hashes it.
constexpr std::size_t threads_a_lane = 4;

using Cell = std::shared_ptr<std::optional<MadeLayer>>;

/// One blob to gather.
struct Task {
  std::string name;
  std::int64_t size = 0;
  bool wants_many_threads = false;
  std::function<void(std::size_t threads, ProgressTask&, const std::stop_token&)> run;
};

void check_diff_id(const MadeLayer& made, const Digest& expected) {
  if (made.diff_id != expected) {
    throw Error(Errc::corrupt, "expected a layer with DiffID " + expected.string() +
                                   ", as the config says, found one with " + made.diff_id.string());
  }
}

std::optional<Body> find(const StoredImage& stored, const Descriptor& layer) {
  return within(layer.digest.string(), [&] { return stored.find(layer); });
}

// A layer that its owner forbids to pass on may be missing; runtimes fetch it from its URL.
void allow_missing(const Descriptor& layer, Progress& progress) {
  if (!media_type::is_foreign_layer(layer.media_type)) {
    throw Error(Errc::not_found,
                "expected the blob " + layer.digest.string() + " in the input, found none",
                "the input is incomplete: export it again with all its blobs");
  }
  warn_of_foreign_layer(layer, "the input", progress);
}

// Of a layer that is stored as it is, both names are known: they must be one.
bool has_two_names(const Descriptor& layer, const Digest& diff_id) {
  return layer.digest != diff_id && layer.digest.algorithm() == diff_id.algorithm();
}

void check_uncompressed(const Descriptor& layer, Codec codec, const Digest& diff_id) {
  if (!has_two_names(layer, diff_id) || codec != Codec::none) return;
  throw Error(Errc::corrupt, "expected the uncompressed layer " + layer.digest.string() +
                                 " to have that DiffID in the config, found " + diff_id.string());
}

/// Turns entries into tasks.
class Planner {
 public:
  Planner(const IngestOptions& options, LayoutChange& change)
      : options_(options), change_(change) {}

  void plan(Entry& entry) {
    within(entry.image.origin, [&] {
      if (const auto* rootfs = std::get_if<RootfsImage>(&entry.image.content)) {
        plan_rootfs(entry, *rootfs);
      } else if (const auto* saved = std::get_if<SavedImage>(&entry.image.content)) {
        for (std::size_t i = 0; i < saved->layers.size(); ++i) {
          plan_saved(entry, saved->layers[i], saved->config.diff_ids[i]);
        }
      } else if (options_.recompress && !entry.is_attestation()) {
        plan_recompressed(entry, *entry.stored());
      } else {
        plan_stored(entry, *entry.stored());
      }
    });
  }

  std::vector<Task> take() { return std::move(tasks_); }

 private:
  void plan_rootfs(Entry& entry, const RootfsImage& rootfs) {
    if (entry.base) plan_base(entry, *entry.base);
    if (entry.members && entry.members->empty()) return;  // as its base is
    const Cell cell = std::make_shared<std::optional<MadeLayer>>();
    entry.layers.push_back(cell);
    const auto* members = entry.members ? &*entry.members : nullptr;
    const std::int64_t size = members != nullptr ? layer_size(*members) : rootfs.size;
    add(entry, size, true,
        [this, cell, members, &rootfs](std::size_t threads, ProgressTask& task,
                                       const std::stop_token& stop) {
          const Feed feed = [&](Sink& to, const std::stop_token& inner) {
            ProgressSink counted(to, task);
            if (members != nullptr) return write_members(rootfs.file, *members, counted, inner);
            write_layer(rootfs, options_.latest, counted, inner);
          };
          *cell = make_layer(feed, options_.compression, options_.format, threads, change_, stop);
        });
  }

  // The layers of a base go out as those of any image, but for what their media types are called.
  void plan_base(Entry& entry, const BaseImage& base) {
    if (const auto* saved = std::get_if<SavedImage>(&base.image.content)) {
      for (std::size_t i = 0; i < saved->layers.size(); ++i) {
        plan_saved(entry, saved->layers[i], saved->config.diff_ids[i]);
      }
      return;
    }
    const auto& stored = std::get<StoredImage>(base.image.content);
    if (options_.recompress) return plan_recompressed(entry, stored);
    plan_stored(entry, stored);
    for (std::size_t i = 0; i < stored.manifest.layers.size(); ++i) {
      const Descriptor descriptor = base_layer(base, i, options_.format);
      entry.layers.push_back(std::make_shared<std::optional<MadeLayer>>(
          MadeLayer{descriptor, stored.config.diff_ids[i]}));
    }
  }

  void plan_saved(Entry& entry, const Body& body, const Digest& diff_id) {
    const auto [known, fresh] = cells_.try_emplace(diff_id);
    if (fresh) known->second = std::make_shared<std::optional<MadeLayer>>();
    const Cell cell = known->second;
    entry.layers.push_back(cell);
    if (!fresh) return;
    if (body.remote) return plan_remote(entry, body, diff_id, cell);
    const Codec codec = codec_of(body);
    const bool keep = codec != Codec::none && !options_.recompress;
    add(entry, body.size, !keep,
        [=, this](std::size_t threads, ProgressTask& task, const std::stop_token& stop) {
          const Body from = watched(body, task);
          *cell = keep ? keep_layer(from, codec, options_.format, threads, change_, stop)
                       : make_layer(unpacked(from, codec, threads), options_.compression,
                                    options_.format, threads, change_, stop);
          check_diff_id(**cell, diff_id);
        });
  }

  // As above, to be recompressed; but opened once only.
  void plan_remote(const Entry& entry, const Body& body, const Digest& diff_id, const Cell& cell) {
    add(entry, body.size, true,
        [=, this](std::size_t threads, ProgressTask& task, const std::stop_token& stop) {
          const Peeked peeked = peek(watched(body, task));
          *cell = make_layer(unpacked(peeked.body, peeked.codec, threads), options_.compression,
                             options_.format, threads, change_, stop);
          check_diff_id(**cell, diff_id);
        });
  }

  void plan_recompressed(Entry& entry, const StoredImage& stored) {
    for (std::size_t i = 0; i < stored.manifest.layers.size(); ++i) {
      const Descriptor& layer = stored.manifest.layers[i];
      const std::optional<Body> body = find(stored, layer);
      if (!body) {
        throw Error(Errc::not_found,
                    layer.digest.string() + ": expected this layer to compress it, found none");
      }
      plan_saved(entry, verified(*body, layer.digest, layer.size), stored.config.diff_ids[i]);
    }
  }

  void plan_stored(const Entry& entry, const StoredImage& stored) {
    for (std::size_t i = 0; i < stored.manifest.layers.size(); ++i) {
      const Descriptor& layer = stored.manifest.layers[i];
      const std::optional<Body> body = find(stored, layer);
      if (!body) continue;
      if (body->remote && !entry.is_attestation()) {
        remote_diff_ids_[layer.digest].push_back(stored.config.diff_ids[i]);
      }
      if (!copied_.insert(layer.digest).second) continue;
      add(entry, layer.size, false,
          [this, body = *body, &layer](std::size_t threads, ProgressTask& task,
                                       const std::stop_token& stop) {
            if (change_.contains(layer.digest, layer.size, stop)) return;
            Codec codec = Codec::none;
            const Body from = body.remote ? sniffed(body, [&](Codec c) { codec = c; }) : body;
            copy_blob(from, {layer.digest, layer.size}, options_.sharing, threads, change_, task,
                      stop);
            if (body.remote) check_remote(layer, codec);
          });
    }
  }

  void check_remote(const Descriptor& layer, Codec codec) const {
    const auto diff_ids = remote_diff_ids_.find(layer.digest);
    if (diff_ids == remote_diff_ids_.end()) return;
    for (const Digest& diff_id : diff_ids->second) check_uncompressed(layer, codec, diff_id);
  }

  template <typename Run>
  void add(const Entry& entry, std::int64_t size, bool compresses, Run run) {
    const bool large = compresses && size >= worth_many_threads;
    tasks_.push_back({entry.platform.string() + " " + entry.image.origin, size, large,
                      [run, origin = entry.image.origin](std::size_t threads, ProgressTask& task,
                                                         const std::stop_token& stop) {
                        within(origin, [&] { run(threads, task, stop); });
                      }});
  }

  const IngestOptions& options_;
  LayoutChange& change_;
  std::vector<Task> tasks_;
  std::map<Digest, Cell> cells_;  // by DiffID
  std::set<Digest> copied_;
  std::map<Digest, std::vector<Digest>> remote_diff_ids_;  // complete before the first task runs
};

}  // namespace

void check_layers(const std::vector<Entry>& entries, const IngestOptions& options,
                  Progress& progress) {
  for (const Entry& entry : entries) {
    const StoredImage* stored = entry.stored();
    if (stored == nullptr) continue;
    within(entry.image.origin, [&] {
      if (options.recompress && !entry.is_attestation()) {
        static_cast<void>(layer_media_type(options.compression.codec, format_of(stored->manifest)));
      }
      for (std::size_t i = 0; i < stored->manifest.layers.size(); ++i) {
        const Descriptor& layer = stored->manifest.layers[i];
        const std::optional<Body> body = find(*stored, layer);
        if (!body) {
          allow_missing(layer, progress);
        } else if (!entry.is_attestation() && !body->remote &&
                   has_two_names(layer, stored->config.diff_ids[i])) {
          check_uncompressed(layer, codec_of(*body), stored->config.diff_ids[i]);
        }
      }
    });
  }
}

void ingest(std::vector<Entry>& entries, const IngestOptions& options, LayoutChange& change,
            Progress& progress, const std::stop_token& stop) {
  Planner planner(options, change);
  for (Entry& entry : entries) planner.plan(entry);
  std::vector<Task> tasks = planner.take();
  std::stable_sort(tasks.begin(), tasks.end(),
                   [](const Task& a, const Task& b) { return a.size > b.size; });
  const auto rest = std::stable_partition(tasks.begin(), tasks.end(),
                                          [](const Task& task) { return task.wants_many_threads; });
  const auto run = [&](Task& task, std::size_t threads, const std::stop_token& inner) {
    ProgressTask told(progress, task.name, task.size);
    task.run(threads, told, inner);
  };
  const auto run_all = [&](std::span<Task> part, std::size_t lanes) {
    if (part.empty()) return;
    const std::size_t width = std::clamp<std::size_t>(lanes, 1, part.size());
    parallel_for_each(part, width, stop, [&](Task& task, const std::stop_token& inner) {
      run(task, options.jobs / width, inner);
    });
  };
  run_all({tasks.begin(), rest}, options.jobs / threads_a_lane);
  run_all({rest, tasks.end()}, options.jobs);
}

}  // namespace ocimux
