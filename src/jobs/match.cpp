#include <ocimux/jobs/match.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/choose.hpp"
#include "jobs/registry_input.hpp"
#include "jobs/windows_builds.hpp"
#include "spec/windows_version.hpp"

#include <algorithm>
#include <set>

namespace ocimux {
namespace {

Choice choice_of(const ImageStore& store, const std::vector<Descriptor>& selected,
                 const KnownImages& known) {
  std::set<Digest> distinct;
  std::set<std::string> tags;
  for (const Descriptor& descriptor : selected) {
    distinct.insert(descriptor.digest);
    tags.insert(tag_of(descriptor));
  }
  // Several under one tag, or all without one: index.json is the index itself.
  if (distinct.size() > 1 && tags.size() == 1) return {candidates_of(selected, known)};
  if (distinct.size() != 1) {
    std::string names;
    for (const std::string& tag : tags) names += " " + (tag.empty() ? "(none)" : tag);
    throw Error(Errc::conflict,
                "expected one image or index, found " + std::to_string(distinct.size()),
                "name one with PATH:TAG or PATH@DIGEST; the tags are:" + names);
  }
  const Descriptor& top = selected.front();
  if (media_type::is_index(top.media_type)) {
    const Index index = Index::parse(read_checked(store, top), top.media_type);
    const bool docker = index.media_type == media_type::docker_list;
    return {candidates_of(index.manifests, known),
            docker ? ListKind::docker_list : ListKind::oci_index};
  }
  Choice choice{candidates_of({top}, known), ListKind::oci_index, true};
  const auto config = known.platforms.find(top.digest);
  choice.candidates.front().platform.reset();
  if (config != known.platforms.end()) choice.candidates.front().platform = config->second;
  return choice;
}

Choice choice_of(const std::vector<Image>& images) {
  std::map<Digest, MatchCandidate> distinct;
  for (const Image& image : images) {
    const auto& saved = std::get<SavedImage>(image.content);
    MatchCandidate candidate;
    candidate.config = Digest::of(saved.config_text);
    candidate.platform = saved.config.platform;
    distinct.emplace(*candidate.config, std::move(candidate));
  }
  if (distinct.size() != 1) {
    throw Error(Errc::conflict, "expected one image, found " + std::to_string(distinct.size()),
                "name one with PATH:NAME");
  }
  return {{distinct.begin()->second}, ListKind::oci_index, true};
}

KnownImages known_images(const Input& input) {
  KnownImages known{input.store ? &*input.store : nullptr, {}};
  for (const Image& image : input.images) {
    const auto* stored = std::get_if<StoredImage>(&image.content);
    if (stored != nullptr) known.platforms[stored->descriptor.digest] = stored->config.platform;
  }
  return known;
}

// Today's of those that run such nodes at all.
std::vector<std::string> runtimes_for(const MatchNode& node) {
  if (node.platform.os == "windows") return {"containerd", "docker"};
  return {"containerd", "docker", "podman"};
}

bool has_amd64_levels(const Choice& choice) {
  return std::any_of(choice.candidates.begin(), choice.candidates.end(),
                     [](const MatchCandidate& each) {
                       const Platform platform = each.platform.value_or(Platform{}).normalized();
                       return platform.architecture == "amd64" && !platform.variant.empty();
                     });
}

std::vector<std::string> notes_on(const std::string& runtime, const MatchNode& node,
                                  const Choice& choice) {
  const bool amd64 = node.platform.architecture == "amd64";
  if (runtime == "podman" && node.platform.os == "windows") {
    return {"podman runs no Windows containers; this is what it would pull"};
  }
  if (!amd64 || !has_amd64_levels(choice)) return {};
  if (runtime == "docker" && node.platform.variant.empty()) {
    return {"docker finds out the level of the processor: for one of level 3, say " +
            node.platform.string() + "/v3"};
  }
  if (runtime == "containerd" && !node.platform.variant.empty()) {
    return {"containerd does not find out the level by itself: without --platform it asks for " +
            node.platform.os + "/amd64"};
  }
  return {};
}

std::optional<Digest> digest_of(const MatchCandidate& candidate) {
  if (candidate.manifest) return candidate.manifest->digest;
  return candidate.config;
}

/// The older releases that do not choose what @p today does.
std::vector<OlderMatch> older_answers(const RuntimeMatch& today, const MatchNode& node,
                                      const Choice& choice, const KnownImages& known) {
  std::vector<OlderMatch> older;
  if (today.runtime != "containerd" || node.platform.os != "windows") return older;
  const auto* now = today.chosen();
  for (const std::string& name : runtime_names()) {
    if (!name.starts_with("containerd:")) continue;
    const RuntimeRule rule = rule_of(name, node, choice.kind);
    RuntimeMatch match{rule.runtime, rule.versions, choose(rule, choice, known)};
    const auto* then = match.chosen();
    const auto digest = then == nullptr ? std::nullopt : digest_of(*then);
    if (digest == (now == nullptr ? std::nullopt : digest_of(*now))) continue;
    older.push_back(
        {match.runtime, match.versions, digest, then == nullptr ? std::nullopt : then->platform});
  }
  return older;
}

RuntimeMatch match_runtime(const std::string& name, const MatchNode& node, const Choice& choice,
                           const KnownImages& known) {
  const RuntimeRule rule = rule_of(name, node, choice.kind);
  RuntimeMatch match{rule.runtime, rule.versions, choose(rule, choice, known)};
  if (match.chosen() == nullptr && !choice.lone) match.message = rule.nothing;
  match.notes = notes_on(name, node, choice);
  match.older = older_answers(match, node, choice, known);
  return match;
}

std::string hint_for(const MatchNode& node) {
  if (node.platform.os != "windows") return "add an image for " + node.platform.string();
  const std::string build = WindowsBuild::parse(node.platform.os_version).string();
  std::string release(windows_release_name(build));
  if (release == "1809") release += " or ltsc2019";  // base images go by both names
  return "add an image for the node's build, " + build +
         (release.empty() ? "" : ": made from a base image of " + release);
}

}  // namespace

const MatchCandidate* RuntimeMatch::chosen() const {
  const auto found = std::find_if(candidates.begin(), candidates.end(), [](const auto& each) {
    return each.verdict == MatchVerdict::chosen;
  });
  return found == candidates.end() ? nullptr : &*found;
}

MatchResult match(const MatchOptions& options, Progress& progress, const std::stop_token& stop) {
  const MatchNode node = within("--node", [&] { return MatchNode::parse(options.node); });
  const std::vector<std::string> runtimes =
      options.runtimes.empty() ? runtimes_for(node) : options.runtimes;
  within("--runtime", [&] {
    for (const std::string& name : runtimes) rule_of(name, node, ListKind::oci_index);
  });
  const ImageReference reference = parse_reference(options.reference);
  const Input input = read_any(reference, options.registry, progress, stop);
  return within(input.name, [&] {
    if (input.kind == InputKind::rootfs) {
      throw Error(Errc::not_found, "expected an image, found a root filesystem, which no node runs",
                  "make an image of it first: ocimux merge");
    }
    const KnownImages known = known_images(input);
    const Choice choice = input.store
                              ? choice_of(*input.store, select(*input.store, reference), known)
                              : choice_of(input.images);
    MatchResult result{input.name, node.platform};
    for (const std::string& name : runtimes) {
      result.runtimes.push_back(match_runtime(name, node, choice, known));
      if (result.runtimes.back().chosen() == nullptr) result.hint = hint_for(node);
    }
    return result;
  });
}

}  // namespace ocimux
