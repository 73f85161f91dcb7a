#include "jobs/narrow.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/cargo_platforms.hpp"
#include "spec/json.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ocimux {
namespace {

/// What an index, or all that was selected, has of the platforms that are wanted.
struct Found {
  std::set<std::size_t> wanted = {};  ///< by their places
  std::set<std::string> all = {};

  void add(const Found& other) {
    wanted.insert(other.wanted.begin(), other.wanted.end());
    all.insert(other.all.begin(), other.all.end());
  }
};

struct Narrowed {
  std::optional<Descriptor> descriptor = {};  ///< nothing where nothing is left
  Found found = {};
};

class Narrowing {
 public:
  Narrowing(Documents& documents, const std::vector<Platform>& wanted, Progress& progress)
      : documents_(documents), wanted_(wanted), progress_(progress) {}

  Rewritten select(const std::vector<Descriptor>& selected) {
    Rewritten result;
    Found found;
    for (const Descriptor& descriptor : selected) {
      const bool index = media_type::is_index(descriptor.media_type);
      Narrowed narrowed = index ? narrow_index(descriptor, 0) : narrow_single(descriptor);
      if (index) refuse_missing(narrowed.found, descriptor.digest.string() + ": ");
      found.add(narrowed.found);
      if (narrowed.descriptor) result.selected.push_back(std::move(*narrowed.descriptor));
    }
    refuse_missing(found, "");
    if (left_out_) {
      progress_.note(documents_.name() +
                     ": what is for no platform was left out, because platforms were asked for");
    }
    result.replaced = std::move(replaced_);
    return result;
  }

 private:
  void refuse_missing(const Found& found, const std::string& where) const {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (found.wanted.contains(i)) continue;
      std::string there;
      for (const std::string& platform : found.all) there += (there.empty() ? "" : ", ") + platform;
      throw Error(Errc::not_found, where + "expected an image for " + wanted_[i].string() +
                                       ", found " + (there.empty() ? "none" : there));
    }
  }

  /// What a manifest is for, and whether that is wanted.
  Found look(const Descriptor& descriptor) {
    Found found;
    const auto platform = image_platform(
        descriptor, [&](const Descriptor& document) { return documents_.text(document); });
    if (!platform) return found;
    found.all.insert(platform->normalized().string());
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (same_platform(wanted_[i], *platform)) found.wanted.insert(i);
    }
    return found;
  }

  Narrowed narrow_single(const Descriptor& descriptor) {
    static_cast<void>(documents_.text(descriptor));  // it was asked for: it must be there
    Found found = look(descriptor);
    if (found.all.empty()) left_out_ = true;
    if (found.wanted.empty()) return {std::nullopt, std::move(found)};
    return {descriptor, std::move(found)};
  }

  Narrowed narrow_index(const Descriptor& descriptor, int depth) {
    check_depth(depth);
    const auto known = known_.find(descriptor.digest);
    Narrowed narrowed =
        known != known_.end()
            ? known->second
            : within(descriptor.digest.string(), [&] { return read_index(descriptor, depth); });
    known_.insert_or_assign(descriptor.digest, narrowed);
    // The same document may be listed in several places, each with annotations of its own.
    if (narrowed.descriptor) {
      Descriptor here = descriptor;
      here.digest = narrowed.descriptor->digest;
      here.size = narrowed.descriptor->size;
      if (here.digest != descriptor.digest) here = without_data(std::move(here));
      narrowed.descriptor = std::move(here);
    }
    return narrowed;
  }

  Narrowed read_index(const Descriptor& descriptor, int depth) {
    const std::string text = documents_.text(descriptor);
    const Index index = Index::parse(text, descriptor.media_type);
    Found found;
    std::vector<std::optional<Descriptor>> left(index.manifests.size());
    std::set<Digest> kept;
    for (std::size_t i = 0; i < left.size(); ++i) {
      left[i] = narrow_child(index.manifests[i], depth, found);
      if (left[i]) kept.insert(index.manifests[i].digest);
    }
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (speaks_of_any(index.manifests[i], kept)) left[i] = if_there(index.manifests[i]);
    }
    if (kept.empty()) return {std::nullopt, std::move(found)};
    return {rewrite(descriptor, text, index.manifests, left), std::move(found)};
  }

  std::optional<Descriptor> narrow_child(const Descriptor& child, int depth, Found& all) {
    Narrowed narrowed;
    if (media_type::is_index(child.media_type)) {
      narrowed = narrow_index(child, depth + 1);
    } else if (media_type::is_manifest(child.media_type)) {
      narrowed.found = look(child);
      if (!narrowed.found.wanted.empty()) narrowed.descriptor = child;
      if (narrowed.found.all.empty() && !is_attestation(child)) left_out_ = true;
    } else {
      left_out_ = true;
    }
    all.add(narrowed.found);
    return narrowed.descriptor;
  }

  static bool speaks_of_any(const Descriptor& listed, const std::set<Digest>& kept) {
    const auto image = attested_image(listed);
    return image && kept.contains(*image);
  }

  // docker save leaves attestations out, but not of the index.
  std::optional<Descriptor> if_there(const Descriptor& attestation) {
    try {
      static_cast<void>(documents_.text(attestation));
      return attestation;
    } catch (const Error& error) {
      if (error.code() != Errc::not_found) throw;
      progress_.warn(documents_.name() + ": the attestation " + attestation.digest.string() +
                     " is missing: left out");
      return std::nullopt;
    }
  }

  // In the JSON itself, so that members stay that ocimux has no name for.
  Descriptor rewrite(const Descriptor& descriptor, const std::string& text,
                     const std::vector<Descriptor>& before,
                     const std::vector<std::optional<Descriptor>>& left) {
    Json json = Json::parse(text);
    const Json::Array& items = array_member(json, "manifests");
    Json::Array narrowed;
    bool changed = false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      changed = changed || !left[i] || left[i]->digest != before[i].digest;
      if (!left[i]) continue;
      narrowed.push_back(items[i]);
      if (left[i]->digest == before[i].digest) continue;
      narrowed.back().set("digest", left[i]->digest.string());
      narrowed.back().set("size", left[i]->size);
      narrowed.back().erase("data");
    }
    if (!changed) return descriptor;
    json.set("manifests", std::move(narrowed));
    Descriptor made = documents_.add(descriptor, json.dump());
    replaced_.push_back({descriptor.digest, made.digest, "index"});
    return made;
  }

  Documents& documents_;
  const std::vector<Platform>& wanted_;
  Progress& progress_;
  std::map<Digest, Narrowed> known_;
  std::vector<Replaced> replaced_;
  bool left_out_ = false;
};

}  // namespace

Rewritten narrow(Documents& documents, const std::vector<Descriptor>& selected,
                 const std::vector<Platform>& wanted, Progress& progress) {
  return Narrowing(documents, wanted, progress).select(selected);
}

}  // namespace ocimux
