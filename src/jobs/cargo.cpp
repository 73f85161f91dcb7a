#include "jobs/cargo.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/cargo_documents.hpp"
#include "jobs/cargo_platforms.hpp"
#include "jobs/cargo_roots.hpp"
#include "jobs/cargo_walk.hpp"
#include "jobs/convert.hpp"
#include "jobs/narrow.hpp"
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

  /// What speaks of the documents that were met by now goes in, unless they were made here: that
  /// of those they were made of would no longer be true.
  void follow(const std::vector<Replaced>& replaced) {
    std::set<Digest> made;
    for (const Replaced& one : replaced) {
      made.insert(one.after);
      leave_behind(one);
    }
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
  void leave_behind(const Replaced& replaced) {
    const std::size_t count = referrers_(replaced.before).size();
    if (count == 0) return;
    progress_.note(documents_.name() + ": what refers to " + replaced.before.string() + " (" +
                   std::to_string(count) + ") was left out, because that is another document now");
  }

  void add(const Digest& subject, const Descriptor& descriptor) {
    try {
      const auto name = name_of(descriptor);
      const bool cosign = name && is_document(descriptor) && cosign_subject(name->tag) == subject;
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

/// @p second was made of what @p first gave: old to new over both.
std::vector<Replaced> joined(std::vector<Replaced> first, const std::vector<Replaced>& second) {
  std::map<Digest, Digest> further;
  for (const Replaced& one : second) further.emplace(one.before, one.after);
  std::set<Digest> between;
  for (Replaced& one : first) {
    between.insert(one.after);
    const auto next = further.find(one.after);
    if (next != further.end()) one.after = next->second;
  }
  for (const Replaced& one : second) {
    if (!between.contains(one.before)) first.push_back(one);
  }
  return first;
}

Rewritten rewrite(Documents& documents, std::vector<Descriptor> roots, const CargoOptions& options,
                  Progress& progress) {
  Rewritten result{std::move(roots)};
  if (!options.platforms.empty()) {
    result = narrow(documents, result.selected, options.platforms, progress);
  }
  if (!options.format) return result;
  Rewritten converted = convert(documents, result.selected, *options.format, progress);
  return {std::move(converted.selected), joined(std::move(result.replaced), converted.replaced)};
}

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
  return within(store.name, [&] {
    Documents documents(store);
    auto [roots, replaced] =
        rewrite(documents, cargo_roots(documents, selected, progress), options, progress);
    CargoWalk walk(documents);
    for (const Descriptor& root : roots) walk.visit(root);
    std::erase_if(replaced, [&](const Replaced& one) { return !walk.has(one.after); });
    ReferrerWalk speaking(documents, walk, referrers, progress);
    if (referrers) speaking.follow(replaced);

    Cargo cargo;
    cargo.names = names_of(roots, speaking.names());
    std::map<Digest, Digest> about;
    for (const CargoName& name : speaking.names()) about.emplace(name.digest, *name.about);
    cargo.documents = walk.take(about);
    cargo.roots = digests_of(roots);
    cargo.replaced = std::move(replaced);
    cargo.find = documents.find();
    if (options.platform_tags) add_platform_tags(cargo);
    static_cast<void>(cargo.document(cargo.roots.front()));  // see there
    return cargo;
  });
}

}  // namespace ocimux
