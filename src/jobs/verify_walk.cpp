#include "jobs/verify_walk.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "jobs/verify_lookup.hpp"

#include <algorithm>
#include <deque>
#include <utility>

// Nothing here stops at what is wrong: it is told, and the walk goes on beside it. The limits keep
// a hostile input from going on for ever; real ones have two or three levels of indexes.

namespace ocimux {
namespace {

constexpr int deepest_index = 8;
constexpr std::size_t most_visits = 1'000'000;

std::string short_name(const Digest& digest) {
  constexpr std::size_t shown = 12;
  return "@" + std::string(digest.algorithm()) + ":" +
         std::string(digest.encoded().substr(0, shown));
}

bool is_docker_type(std::string_view type) { return type.starts_with("application/vnd.docker."); }
bool is_oci_type(std::string_view type) { return type.starts_with("application/vnd.oci."); }

bool is_layer_type(std::string_view type) {
  return type == media_type::oci_layer || type == media_type::oci_layer_gzip ||
         type == media_type::oci_layer_zstd || type == media_type::docker_layer ||
         type == media_type::docker_layer_gzip || media_type::is_foreign_layer(type);
}

bool is_attestation(const Descriptor& descriptor) {
  return descriptor.annotations.contains(std::string(annotation::reference_type)) ||
         (descriptor.platform && descriptor.platform->unknown());
}

class Walk {
 public:
  Walk(const OpenLayout& layout, std::string name, Findings& findings, const std::stop_token& stop)
      : lookup_(layout, findings), name_(std::move(name)), findings_(findings), stop_(stop) {}

  void visit(const Descriptor& descriptor, const std::string& place, int depth) {
    throw_if_stopped(stop_);
    if (survey_.visits >= most_visits) {
      return too_much(std::to_string(most_visits) + " entries of indexes and manifests");
    }
    const Spot spot{place, ++survey_.visits};
    survey_.reached.insert(descriptor.digest);
    if (!media_type::is_index(descriptor.media_type) &&
        !media_type::is_manifest(descriptor.media_type) && !descriptor.media_type.empty()) {
      findings_.add(spot, "media-type-unknown",
                    {"a manifest or an index", "the media type '" + descriptor.media_type + "'"},
                    descriptor.digest);
      return list_blob(descriptor, spot);
    }
    // One manifest may be listed for several platforms: each is an image of its own.
    const Platform platform = descriptor.platform.value_or(Platform{}).normalized();
    if (is_known(descriptor, platform)) {
      return lookup_.again(descriptor, spot);
    }
    if (depth > deepest_index) {
      lookup_.mark_incomplete();
      return findings_.add(spot, "limit-exceeded",
                           {"at most " + std::to_string(deepest_index) + " levels of indexes",
                            "more: real images have two or three"},
                           descriptor.digest);
    }
    const auto text = lookup_.text_of(descriptor, spot);
    if (!text) return;
    const auto document =
        read_loosely(*text, descriptor.media_type, spot, descriptor.digest, findings_);
    if (!document) {
      lookup_.mark_incomplete();
      return;
    }
    if (document->index) {
      visit_index(descriptor, *document, spot, depth);
    } else {
      visit_manifest(descriptor, *document, spot);
    }
    if (document->subject) subjects_.push_back({*document->subject, spot, depth + 1});
  }

  /// What documents speak of, where nothing else leads there.
  void visit_subjects() {
    for (; !subjects_.empty(); subjects_.pop_front()) visit_subject(subjects_.front());
  }

  Survey take() {
    survey_.complete = lookup_.complete();
    return std::move(survey_);
  }

 private:
  struct Subject {
    Descriptor descriptor;
    Spot spot;
    int depth;
  };

  /// True when this document was visited as this before. A descriptor without a platform says less
  /// than another one of the same manifest.
  bool is_known(const Descriptor& descriptor, const Platform& platform) {
    std::set<std::string>& known = seen_[descriptor.digest];
    if (platform.os.empty() && !known.empty()) return true;
    if (!known.insert(platform.string()).second) return true;
    const auto image = survey_.image_of.find(descriptor.digest);
    if (image == survey_.image_of.end() || !known.contains(Platform{}.string())) return false;
    auto& stored = std::get<StoredImage>(survey_.images[image->second].image.content);
    if (stored.descriptor.platform) return false;
    stored.descriptor.platform = descriptor.platform;
    return true;
  }

  void too_much(const std::string& limit) {
    lookup_.mark_incomplete();
    findings_.add(Spot{"", survey_.visits}, "limit-exceeded",
                  {"at most " + limit + " in one input", "more", "name one image with PATH:TAG"});
  }

  void visit_index(const Descriptor& descriptor, const LooseDocument& document, const Spot& spot,
                   int depth) {
    const std::size_t place = survey_.indexes.size();
    survey_.indexes.push_back({spot, descriptor.digest});
    tell_mixed(descriptor, document, spot);
    std::set<std::string> listed;
    for (const auto& child : document.children) {
      if (child) listed.insert(child->digest.string());
    }
    for (const auto& child : document.children) {
      if (!child) continue;
      survey_.indexes[place].children.push_back(*child);
      visit(*child, spot.below(name_in_index(*child)).place, depth + 1);
      tell_orphan(*child, listed, spot);
    }
  }

  static std::string name_in_index(const Descriptor& child) {
    if (is_attestation(child)) return "attestation " + short_name(child.digest);
    if (child.platform && !child.platform->os.empty()) return child.platform->string();
    return short_name(child.digest);
  }

  /// An attestation that speaks of what its index does not list.
  void tell_orphan(const Descriptor& child, const std::set<std::string>& listed, const Spot& spot) {
    const auto of = child.annotations.find(std::string(annotation::reference_digest));
    if (of == child.annotations.end() || listed.contains(of->second)) return;
    findings_.add(spot.below(name_in_index(child)), "attestation-orphan",
                  {"an attestation of an image in the same index", "one of " + of->second},
                  child.digest);
  }

  void tell_mixed(const Descriptor& descriptor, const LooseDocument& document, const Spot& spot) {
    const auto other = [&](const std::optional<Descriptor>& one) {
      return one && (is_docker_type(descriptor.media_type) ? is_oci_type(one->media_type)
                                                           : is_docker_type(one->media_type));
    };
    const auto first = std::find_if(document.children.begin(), document.children.end(), other);
    const auto& odd =
        other(document.config) || first == document.children.end() ? document.config : *first;
    if (!other(odd)) return;
    findings_.add(spot, "media-type-mixed",
                  {std::string(is_docker_type(descriptor.media_type) ? "Docker's" : "OCI's") +
                       " media types in a document of type " + descriptor.media_type,
                   "one of type " + odd->media_type, "not every registry and runtime takes both"},
                  descriptor.digest);
  }

  void visit_subject(const Subject& subject) {
    const Descriptor& descriptor = subject.descriptor;
    if (seen_.contains(descriptor.digest)) return;
    const Spot spot = subject.spot.below("subject");
    if (lookup_.has(descriptor)) return visit(descriptor, spot.place, subject.depth);
    findings_.add(spot, "subject-missing",
                  {"the manifest " + descriptor.digest.string() + " that it speaks of", "none"},
                  descriptor.digest);
  }

  void visit_manifest(const Descriptor& descriptor, const LooseDocument& document,
                      const Spot& spot) {
    tell_mixed(descriptor, document, spot);
    const bool image = !is_attestation(descriptor) && document.config &&
                       media_type::is_config(document.config->media_type);
    if (image) return visit_image(descriptor, document, spot);
    if (document.config) list_blob(*document.config, next(spot, "config"));
    for (std::size_t i = 0; i < document.children.size(); ++i) {
      if (!document.children[i]) continue;
      list_blob(*document.children[i], next(spot, "layer " + std::to_string(i + 1)));
    }
  }

  Spot next(const Spot& above, const std::string& name) {
    Spot spot = above.below(name);
    spot.order = ++survey_.visits;
    return spot;
  }

  void visit_image(const Descriptor& descriptor, const LooseDocument& document, Spot spot) {
    spot.image = survey_.images.size();
    survey_.image_of.try_emplace(descriptor.digest, survey_.images.size());
    ListedImage listed{spot, {name_, {}, {}, StoredImage{descriptor, {}, {{}, *document.config}}}};
    auto& stored = std::get<StoredImage>(listed.image.content);
    const Spot config_spot = next(spot, "config");
    survey_.reached.insert(document.config->digest);
    std::optional<LooseConfig> config;
    // One may be shared by images, and is read for each.
    if (auto text = lookup_.text_of(*document.config, config_spot)) {
      config = read_config_loosely(*text, config_spot, document.config->digest, findings_);
      stored.config_text = std::move(*text);
    }
    if (config) {
      listed.config_known = true;
      stored.config = config->config;
      check_counts(*config, document.children.size(), config_spot, document.config->digest);
    }
    list_layers(document, stored, config, spot, listed);
    survey_.images.push_back(std::move(listed));
  }

  void check_counts(const LooseConfig& config, std::size_t layers, const Spot& spot,
                    const Digest& digest) {
    const std::string found = std::to_string(layers) + (layers == 1 ? " layer" : " layers");
    if (config.config.diff_ids.size() != layers) {
      findings_.add(spot, "diff-id-count",
                    {"as many DiffIDs as the manifest has layers, " + std::to_string(layers),
                     std::to_string(config.config.diff_ids.size())},
                    digest);
    }
    if (config.history && *config.history != layers) {
      findings_.add(spot, "history-count",
                    {"a history of " + found + ", as the manifest has them",
                     "one of " + std::to_string(*config.history)},
                    digest);
    }
  }

  void list_layers(const LooseDocument& document, StoredImage& stored,
                   const std::optional<LooseConfig>& config, const Spot& spot,
                   ListedImage& listed) {
    const bool counted = config && config->config.diff_ids.size() == document.children.size();
    const bool windows = config && config->config.platform.os == "windows";
    for (std::size_t i = 0; i < document.children.size(); ++i) {
      const auto& layer = document.children[i];
      if (!layer) continue;
      stored.manifest.layers.push_back(*layer);
      listed.layers.push_back(layer->digest);
      const Spot place = next(spot, "layer " + std::to_string(i + 1));
      if (!is_layer_type(layer->media_type)) {
        findings_.add(place, "media-type-unknown",
                      {"a layer's media type", "'" + layer->media_type + "'"}, layer->digest);
      }
      list_blob(*layer, place);
      LayerUse use{place, {}, windows};
      if (counted) use.diff_id = config->config.diff_ids[i];
      survey_.blobs.at(layer->digest).uses.push_back(std::move(use));
    }
  }

  void list_blob(const Descriptor& descriptor, const Spot& spot) {
    survey_.reached.insert(descriptor.digest);
    if (const auto listed = survey_.blobs.find(descriptor.digest); listed != survey_.blobs.end()) {
      ++listed->second.places;
      return lookup_.again(descriptor, spot);
    }
    survey_.blobs.emplace(descriptor.digest,
                          ListedBlob{descriptor, lookup_.find(descriptor, spot), spot});
  }

  Lookup lookup_;
  std::string name_;
  Findings& findings_;
  const std::stop_token& stop_;
  Survey survey_;
  std::map<Digest, std::set<std::string>> seen_;  // and the platforms it was listed for
  std::deque<Subject> subjects_;
};

}  // namespace

Survey walk(const OpenLayout& layout, const std::string& name,
            const std::vector<std::pair<Descriptor, std::string>>& roots, Findings& findings,
            const std::stop_token& stop) {
  Walk walking(layout, name, findings, stop);
  for (const auto& [descriptor, place] : roots) walking.visit(descriptor, place, 0);
  walking.visit_subjects();
  Survey survey = walking.take();
  for (const auto& [descriptor, place] : roots) survey.roots.push_back(descriptor);
  return survey;
}

}  // namespace ocimux
