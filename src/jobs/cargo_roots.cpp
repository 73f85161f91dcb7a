#include "jobs/cargo_roots.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/names.hpp"
#include "jobs/referrer_tags.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ocimux {
namespace {

std::optional<Index> read_index(Documents& documents, const Descriptor& descriptor) {
  try {
    return Index::parse(documents.text(descriptor), descriptor.media_type);
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    return std::nullopt;  // who needs it says so
  }
}

/// The digests of @p descriptors and of all that indexes among and below them list.
std::set<Digest> listed(Documents& documents, const std::vector<Descriptor>& descriptors) {
  std::set<Digest> seen;
  std::vector<std::pair<Descriptor, int>> open;
  const auto meet = [&](const Descriptor& descriptor, int depth) {
    if (!seen.insert(descriptor.digest).second) return;
    if (media_type::is_index(descriptor.media_type) && depth <= deepest_index) {
      open.emplace_back(descriptor, depth);
    }
  };
  for (const Descriptor& descriptor : descriptors) meet(descriptor, 0);
  while (!open.empty()) {
    const auto [descriptor, depth] = std::move(open.back());
    open.pop_back();
    const auto index = read_index(documents, descriptor);
    if (!index) continue;
    for (const Descriptor& child : index->manifests) meet(child, depth + 1);
  }
  return seen;
}

/// What an entry of index.json speaks of; nothing for what has a name of its own.
std::optional<Digest> spoken_of(Documents& documents, const Descriptor& descriptor) {
  const auto name = name_of(descriptor);
  if (!name) return subject_of(documents, descriptor);
  if (auto subject = cosign_subject(name->tag)) return subject;
  if (!media_type::is_index(descriptor.media_type)) return std::nullopt;
  return fallback_subject(name->tag);
}

}  // namespace

std::vector<Descriptor> cargo_roots(Documents& documents, const std::vector<Descriptor>& selected,
                                    Progress& progress) {
  std::vector<std::pair<Descriptor, std::optional<Digest>>> entries;
  std::vector<Descriptor> silent;
  std::set<Digest> speaking;
  for (const Descriptor& descriptor : selected) {
    if (!is_document(descriptor)) {
      progress.note(documents.name() + ": " + descriptor.digest.string() + " has the media type '" +
                    descriptor.media_type + "': left out");
      continue;
    }
    auto subject = spoken_of(documents, descriptor);
    if (subject) {
      speaking.insert(descriptor.digest);
    } else {
      silent.push_back(descriptor);
    }
    entries.emplace_back(descriptor, std::move(subject));
  }
  const std::set<Digest> images = listed(documents, silent);
  std::vector<Descriptor> roots;
  for (auto& [descriptor, subject] : entries) {
    const bool follows = subject && (images.contains(*subject) || speaking.contains(*subject));
    if (!follows) roots.push_back(std::move(descriptor));
  }
  if (roots.empty()) throw Error(Errc::not_found, "expected an image, found none");
  return roots;
}

}  // namespace ocimux
