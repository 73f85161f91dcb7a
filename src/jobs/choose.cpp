#include "jobs/choose.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "spec/windows_version.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

// A runtime takes what fits, sorts it without changing what is equal, and goes for the first. If
// that one cannot be used after all, it does not come back for the second: so none is chosen.

namespace ocimux {
namespace {

constexpr int deepest_index = 8;

struct Judged {
  MatchCandidate candidate;
  Judgement judgement;
};

bool is_before(const Judged& a, const Judged& b) {
  if (a.judgement.rank != b.judgement.rank) return a.judgement.rank < b.judgement.rank;
  return a.judgement.version > b.judgement.version;
}

Judged judged(const RuntimeRule& rule, MatchCandidate candidate, bool lone) {
  Judgement judgement{false, "it is no image"};
  if (candidate.manifest && !lone) {
    judgement = rule.judge(*candidate.manifest);
  } else if (candidate.platform) {
    // Rules look at platforms and annotations, so an image without a manifest will do.
    Descriptor entry = candidate.manifest.value_or(Descriptor{"", Digest::of(std::string_view())});
    entry.platform = candidate.platform;
    judgement = rule.judge(entry);
  }
  candidate.reason = candidate.attestation ? "no image" : judgement.reason;
  return {std::move(candidate), std::move(judgement)};
}

std::string version_reason(const Platform& image, const Platform& chosen, bool as_text,
                           const std::string& runtime) {
  if (image.os_version.empty()) return "it has no os.version";
  if (compare_versions(image.os_version, chosen.os_version) < 0) return "an older os.version";
  return as_text ? "a newer os.version, but it compares them as text"
                 : "a newer os.version, but " + runtime + " does not go by the whole of it";
}

/// Why @p later, which fits, is not the first.
std::string later_reason(const Judged& later, const Judged& first, const std::string& runtime) {
  if (later.judgement.rank == first.judgement.rank &&
      later.judgement.version == first.judgement.version) {
    return "the same to " + runtime + ", but later in the index";
  }
  if (!later.candidate.manifest->platform) return "it has no platform: such come last";
  const Platform& image = *later.candidate.platform;
  const Platform& chosen = first.candidate.platform.value_or(Platform{});
  if (image.os_version != chosen.os_version && image.os == "windows") {
    return version_reason(image, chosen, !later.judgement.version.empty(), runtime);
  }
  if (image.architecture != chosen.architecture || image.variant != chosen.variant) {
    return "the node prefers " + chosen.string();
  }
  return image.os_features.size() < chosen.os_features.size() ? "fewer os.features"
                                                              : "not marked as zstd";
}

/// What keeps a runtime from using what it chose; empty for nothing.
std::string obstacle(const RuntimeRule& rule, const Judged& first, const KnownImages& known) {
  if (!first.candidate.manifest) return "";
  const Descriptor& manifest = *first.candidate.manifest;
  if (media_type::is_index(manifest.media_type)) {
    return rule.follows_indexes ? "" : "an index in an index, which " + rule.runtime + " refuses";
  }
  if (!media_type::is_manifest(manifest.media_type)) {
    return "its media type is " + manifest.media_type;
  }
  if (manifest.platform || !rule.reads_configs) return "";
  const auto config = known.platforms.find(manifest.digest);
  if (config == known.platforms.end()) return "it has no platform, and no image config";
  Descriptor as_config = manifest;
  as_config.platform = config->second;
  const Judgement judgement = rule.judge(as_config);
  return judgement.fits ? "" : "it has no platform, and by its config " + judgement.reason;
}

std::vector<MatchCandidate> choose_at(const RuntimeRule& rule, const Choice& choice,
                                      const KnownImages& known, int depth);

std::vector<MatchCandidate> below(const RuntimeRule& rule, const Descriptor& descriptor,
                                  const KnownImages& known, int depth) {
  if (depth == deepest_index) {
    throw Error(Errc::corrupt, "expected at most " + std::to_string(deepest_index) +
                                   " levels of indexes, found more");
  }
  const Index index = Index::parse(read_checked(*known.store, descriptor), descriptor.media_type);
  return choose_at(rule, {candidates_of(index.manifests, known)}, known, depth + 1);
}

/// Gives those that fit their verdicts: the first is chosen, unless it cannot be used.
void settle(std::vector<Judged>& fitting, const RuntimeRule& rule, const std::string& hindered) {
  for (Judged& each : fitting) {
    const bool first = &each == &fitting.front();
    if (!hindered.empty()) {
      each.candidate.reason =
          first ? hindered : "it would fit, but " + rule.runtime + " tries the first only";
    } else if (first) {
      each.candidate.verdict = MatchVerdict::chosen;
    } else {
      each.candidate.verdict = MatchVerdict::fits;
      const std::string also = each.judgement.reason.empty() ? "" : "; " + each.judgement.reason;
      each.candidate.reason = later_reason(each, fitting.front(), rule.runtime) + also;
    }
  }
}

std::vector<MatchCandidate> choose_at(const RuntimeRule& rule, const Choice& choice,
                                      const KnownImages& known, int depth) {
  std::vector<Judged> fitting;
  std::vector<Judged> others;
  for (const MatchCandidate& candidate : choice.candidates) {
    Judged each = judged(rule, candidate, choice.lone);
    (each.judgement.fits ? fitting : others).push_back(std::move(each));
  }
  std::stable_sort(fitting.begin(), fitting.end(), is_before);
  std::vector<MatchCandidate> result;
  if (!fitting.empty()) {
    const std::string hindered = choice.lone ? "" : obstacle(rule, fitting.front(), known);
    settle(fitting, rule, hindered);
    const auto& first = fitting.front().candidate.manifest;
    if (hindered.empty() && first && media_type::is_index(first->media_type)) {
      result = below(rule, *first, known, depth);
      fitting.erase(fitting.begin());
    }
  }
  for (Judged& each : fitting) result.push_back(std::move(each.candidate));
  for (Judged& each : others) result.push_back(std::move(each.candidate));
  return result;
}

}  // namespace

std::vector<MatchCandidate> candidates_of(const std::vector<Descriptor>& descriptors,
                                          const KnownImages& known) {
  std::vector<MatchCandidate> candidates;
  for (const Descriptor& descriptor : descriptors) {
    MatchCandidate candidate{descriptor, {}, descriptor.platform};
    const auto& annotations = descriptor.annotations;
    const auto of = annotations.find(std::string(annotation::reference_digest));
    candidate.attestation = annotations.contains(std::string(annotation::reference_type)) ||
                            (descriptor.platform && descriptor.platform->unknown());
    if (of != annotations.end()) candidate.attests = Digest::parse(of->second);
    const auto config = known.platforms.find(descriptor.digest);
    if (!candidate.platform && config != known.platforms.end()) candidate.platform = config->second;
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

std::vector<MatchCandidate> choose(const RuntimeRule& rule, const Choice& choice,
                                   const KnownImages& known) {
  return choose_at(rule, choice, known, 0);
}

}  // namespace ocimux
