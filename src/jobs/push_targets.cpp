#include "jobs/push_targets.hpp"

#include <ocimux/base/error.hpp>

#include "jobs/cargo_platforms.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace ocimux {
namespace {

Error wrong(const std::string& message, const std::string& hint) {
  return {Errc::invalid_argument, message, hint};
}

/// The targets so far, by repository, and who was put there.
class Targets {
 public:
  explicit Targets(const Cargo& cargo) : cargo_(cargo) {
    for (const CargoDocument& document : cargo.documents) {
      if (document.subject) speaking_[*document.subject].push_back(document.descriptor.digest);
    }
    for (const CargoName& name : cargo.names) {
      if (name.about) speaking_[*name.about].push_back(name.digest);
    }
  }

  /// @p reference may have a tag, under which the document then goes; else it goes by its digest.
  void add(const Reference& reference, const Digest& digest, const std::string& name) {
    Target& target = target_of(reference);
    target.roots.push_back(digest);
    if (!reference.tag.empty()) add_tag(target, reference.tag, digest, name);
  }

  std::vector<PushTarget> take() {
    std::vector<PushTarget> all;
    for (Target& target : targets_) {
      const std::set<Digest> reached = closure(target.roots);
      for (const CargoDocument& document : cargo_.documents) {
        const Digest& digest = document.descriptor.digest;
        if (reached.contains(digest)) target.push.documents.push_back(digest);
      }
      for (const CargoName& name : cargo_.names) {
        if (name.about && reached.contains(*name.about)) {
          add_tag(target, name.name.tag, name.digest, name.name.string());
        }
      }
      all.push_back(std::move(target.push));
    }
    return all;
  }

 private:
  struct Target {
    PushTarget push;
    std::vector<Digest> roots = {};
    std::map<std::string, std::pair<Digest, std::string>> tags = {};  // and under what name it came
  };

  Target& target_of(Reference reference) {
    reference.tag.clear();
    const auto [place, added] = places_.emplace(reference.string(), targets_.size());
    if (added) targets_.push_back({{std::move(reference)}});
    return targets_[place->second];
  }

  static void add_tag(Target& target, const std::string& tag, const Digest& digest,
                      const std::string& name) {
    const Reference& repository = target.push.repository;
    static_cast<void>(Reference::parse(repository.string() + ":" + tag));  // it may be no tag
    const auto [known, added] = target.tags.emplace(tag, std::pair{digest, name});
    if (added) {
      target.push.tags.push_back({tag, digest});
    } else if (known->second.first != digest) {
      throw Error(Errc::conflict,
                  repository.string() + ":" + tag + ": expected one image for this tag, found " +
                      known->second.second + " and " + name,
                  "--prefix HOST[/PATH] gives each image a repository of its own");
    }
  }

  /// What goes along with @p roots: all below them, and what speaks of any of it.
  [[nodiscard]] std::set<Digest> closure(const std::vector<Digest>& roots) const {
    std::set<Digest> reached;
    std::vector<Digest> open = roots;
    while (!open.empty()) {
      const Digest digest = std::move(open.back());
      open.pop_back();
      if (!reached.insert(digest).second) continue;
      if (const CargoDocument* document = cargo_.document(digest)) {
        open.insert(open.end(), document->children.begin(), document->children.end());
      }
      const auto speaking = speaking_.find(digest);
      if (speaking == speaking_.end()) continue;
      open.insert(open.end(), speaking->second.begin(), speaking->second.end());
    }
    return reached;
  }

  const Cargo& cargo_;
  std::map<Digest, std::vector<Digest>> speaking_;
  std::map<std::string, std::size_t> places_;
  std::vector<Target> targets_;
};

Reference with_tag(Reference repository, const std::string& tag) {
  repository.tag = tag;
  return repository;
}

Reference parse_destination(const std::string& text) {
  if (!names_host(text)) {
    throw wrong("expected a destination with its registry, HOST/REPO[:TAG], found '" + text + "'",
                "write docker.io/… for Docker Hub");
  }
  Reference reference = Reference::parse(text);
  if (reference.digest) {
    throw wrong(text + ": expected HOST/REPO[:TAG], found a digest",
                "images keep their digests; what is to go is named by PATH@DIGEST");
  }
  return reference;
}

/// Everything, under its own tags.
void add_all(Targets& targets, const Cargo& cargo, const Reference& repository,
             const PushOptions& options) {
  if (options.platform_tags && cargo.names.empty()) {
    throw wrong("--platform-tags: expected a tag that they follow, found none",
                "give one: " + repository.string() + ":TAG");
  }
  for (const CargoName& name : cargo.names) {
    if (!name.about) {
      targets.add(with_tag(repository, name.name.tag), name.digest, name.name.string());
    }
  }
  for (const Digest& root : cargo.roots) targets.add(repository, root, root.string());
}

/// The one image there is, under a new tag, which those of its platforms follow.
void add_renamed(Targets& targets, const Cargo& cargo, const Reference& to,
                 const PushOptions& options) {
  if (cargo.roots.size() != 1) {
    throw wrong(to.string() + ": expected one image for this tag, found " +
                    std::to_string(cargo.roots.size()),
                "leave out the tag, so that each goes under its own, or name one with PATH:TAG");
  }
  const Digest& root = cargo.roots.front();
  targets.add(to, root, to.string());
  if (!options.platform_tags) return;
  for (const CargoName& name : platform_names(cargo, root, {to.tag})) {
    targets.add(with_tag(to, name.name.tag), name.digest, name.name.string());
  }
}

void add_destination(Targets& targets, const Cargo& cargo, const std::string& text,
                     const PushOptions& options) {
  const Reference to = parse_destination(text);
  if (to.tag.empty()) {
    add_all(targets, cargo, to, options);
  } else {
    add_renamed(targets, cargo, to, options);
  }
}

Reference full_name(const CargoName& name) {
  if (name.name.full.empty()) {
    throw wrong("expected the full name of each image, found the bare tag '" + name.name.tag + "'",
                "give a destination, HOST/REPO[:TAG]");
  }
  const Reference full = Reference::parse(name.name.full);
  return full.tag.empty() ? with_tag(full, name.name.tag) : full;
}

/// The repository's path, as it was called before a registry's host came in front.
std::string path_in(const Reference& reference) {
  constexpr std::string_view official = "library/";
  if (reference.host == "docker.io" && reference.repository.starts_with(official)) {
    return reference.repository.substr(official.size());
  }
  return reference.repository;
}

void add_prefixed(Targets& targets, const CargoName& name, const std::string& prefix) {
  const Reference from = full_name(name);
  const std::string to = prefix + "/" + path_in(from) + ":" + from.tag;
  targets.add(Reference::parse(to), name.digest, name.name.full);
}

/// To where the name itself says, but never to Docker Hub, which every short name means.
void add_as_named(Targets& targets, const CargoName& name) {
  const Reference to = full_name(name);
  if (to.host == "docker.io") {
    throw wrong("expected the name of a registry in '" + name.name.full + "', found Docker Hub's",
                "for Docker Hub say so: give the destination docker.io/REPO[:TAG], or --prefix "
                "docker.io");
  }
  targets.add(to, name.digest, name.name.full);
}

void refuse_unnamed(const Cargo& cargo) {
  std::set<Digest> named;
  for (const CargoName& name : cargo.names) {
    if (!name.about) named.insert(name.digest);
  }
  for (const Digest& root : cargo.roots) {
    if (named.contains(root)) continue;
    throw wrong("expected a name for each image, found none for " + root.string(),
                "give a destination, HOST/REPO[:TAG]");
  }
}

/// Each image under its own name.
void add_each(Targets& targets, const Cargo& cargo, const std::string& prefix) {
  if (!prefix.empty() && !names_host(prefix + "/")) {
    throw wrong("expected --prefix HOST[/PATH], found '" + prefix + "'",
                "write docker.io/… for Docker Hub");
  }
  refuse_unnamed(cargo);
  for (const CargoName& name : cargo.names) {
    if (name.about) continue;
    prefix.empty() ? add_as_named(targets, name) : add_prefixed(targets, name, prefix);
  }
}

}  // namespace

std::vector<PushTarget> push_targets(const Cargo& cargo, const PushOptions& options) {
  if (!options.prefix.empty() && !options.destinations.empty()) {
    throw wrong("expected destinations or a prefix, found both", "leave out --prefix");
  }
  Targets targets(cargo);
  for (const std::string& destination : options.destinations) {
    add_destination(targets, cargo, destination, options);
  }
  if (options.destinations.empty()) add_each(targets, cargo, options.prefix);
  return targets.take();
}

}  // namespace ocimux
