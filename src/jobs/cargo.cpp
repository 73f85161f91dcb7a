#include "jobs/cargo.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/cargo_documents.hpp"
#include "jobs/cargo_roots.hpp"
#include "jobs/cargo_walk.hpp"
#include "jobs/referrer_tags.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ocimux {
namespace {

constexpr int most_levels = 8;  // of what speaks of what speaks of … an image

/// What speaks of the documents of a walk, and in turn of that.
class ReferrerWalk {
 public:
  ReferrerWalk(Documents& documents, CargoWalk& walk, const Referrers& referrers,
               Progress& progress)
      : documents_(documents), walk_(walk), referrers_(referrers), progress_(progress) {}

  /// What was met by now goes in; documents in @p made have nothing that speaks of them.
  void follow(const std::set<Digest>& made) {
    std::size_t from = 0;
    for (int level = 0; from < walk_.met().size(); ++level) {
      const std::size_t end = walk_.met().size();
      for (; from < end; ++from) {
        const Digest subject = walk_.met()[from];
        if (made.contains(subject)) continue;
        for (const Descriptor& descriptor : referrers_(subject)) {
          if (level == most_levels) return too_deep();
          add(subject, descriptor);
        }
      }
    }
  }

  [[nodiscard]] const std::vector<CargoName>& names() const { return names_; }

 private:
  void add(const Digest& subject, const Descriptor& descriptor) {
    try {
      const auto name = name_of(descriptor);
      const bool cosign = name && cosign_subject(name->tag) == subject;
      if (!cosign && subject_of(documents_, descriptor) != subject) {
        return left_out(descriptor, "it does not speak of " + subject.string());
      }
      documents_.text(descriptor);  // that it is there shows here, before anything is taken up
      walk_.visit(descriptor);
      if (cosign) names_.push_back({*name, descriptor.digest, subject});
    } catch (const Error& error) {
      if (error.code() != Errc::not_found) throw;
      left_out(descriptor, "it is missing");
    }
  }

  void left_out(const Descriptor& descriptor, const std::string& why) {
    progress_.warn(documents_.name() + ": " + descriptor.digest.string() +
                   ", listed among what refers to an image, was left out: " + why);
  }

  void too_deep() {
    progress_.warn(documents_.name() + ": what refers to images was followed over " +
                   std::to_string(most_levels) + " levels; there is more, which was left out");
  }

  Documents& documents_;
  CargoWalk& walk_;
  const Referrers& referrers_;
  Progress& progress_;
  std::vector<CargoName> names_;
};

// One tag names one thing; a layout may list a tag once for each platform.
void add_name(std::vector<CargoName>& names, std::map<std::string, Digest>& known, CargoName name) {
  const auto [place, added] = known.emplace(name.name.tag + " " + name.name.full, name.digest);
  if (added) {
    names.push_back(std::move(name));
  } else if (place->second != name.digest) {
    throw Error(Errc::conflict,
                "expected one image for the name '" + name.name.string() + "', found " +
                    place->second.string() + " and " + name.digest.string(),
                "make one index of them with ocimux merge, or pick one with --platform");
  }
}

std::vector<CargoName> names_of(const std::vector<Descriptor>& roots,
                                const std::vector<CargoName>& of_cosign) {
  std::vector<CargoName> names;
  std::map<std::string, Digest> known;
  for (const Descriptor& root : roots) {
    if (auto name = name_of(root)) add_name(names, known, {std::move(*name), root.digest});
  }
  for (const CargoName& name : of_cosign) add_name(names, known, name);
  return names;
}

std::vector<Digest> digests_of(const std::vector<Descriptor>& roots) {
  std::vector<Digest> digests;
  std::set<Digest> seen;
  for (const Descriptor& root : roots) {
    if (seen.insert(root.digest).second) digests.push_back(root.digest);
  }
  return digests;
}

}  // namespace

const CargoDocument* Cargo::document(const Digest& digest) const {
  if (places_.size() != documents.size()) {
    places_.clear();
    for (std::size_t i = 0; i < documents.size(); ++i) {
      places_.emplace(documents[i].descriptor.digest, i);
    }
  }
  const auto found = places_.find(digest);
  return found == places_.end() ? nullptr : &documents[found->second];
}

Cargo gather(const ImageStore& store, const std::vector<Descriptor>& selected,
             const Referrers& referrers, const CargoOptions& options, Progress& progress) {
  static_cast<void>(options);
  return within(store.name, [&] {
    Documents documents(store);
    const std::vector<Descriptor> roots = cargo_roots(documents, selected, progress);
    CargoWalk walk(documents);
    for (const Descriptor& root : roots) walk.visit(root);
    ReferrerWalk speaking(documents, walk, referrers, progress);
    if (referrers) speaking.follow({});

    Cargo cargo;
    cargo.names = names_of(roots, speaking.names());
    std::map<Digest, Digest> about;
    for (const CargoName& name : speaking.names()) about.emplace(name.digest, *name.about);
    cargo.documents = walk.take(about);
    cargo.roots = digests_of(roots);
    cargo.find = documents.find();
    static_cast<void>(cargo.document(cargo.roots.front()));
    return cargo;
  });
}

}  // namespace ocimux
