#include "jobs/push_referrers.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "layout/layout_files.hpp"
#include "registry/referrers.hpp"
#include "spec/json.hpp"

#include <algorithm>
#include <map>

namespace ocimux {
namespace {

// What a list says of a referrer (distribution-spec, "Listing Referrers"): its own annotations, and
// what kind of artifact it is, by its config where it does not say so itself.
Descriptor listed(const CargoDocument& document) {
  Descriptor descriptor{document.descriptor.media_type, document.descriptor.digest,
                        document.descriptor.size};
  std::string type;
  if (media_type::is_index(descriptor.media_type)) {
    const Index index = Index::parse(document.text, descriptor.media_type);
    descriptor.annotations = index.annotations;
    if (!index.others.empty()) type = string_member(Json::parse(index.others), "artifactType");
  } else {
    const Manifest manifest = Manifest::parse(document.text, descriptor.media_type);
    descriptor.annotations = manifest.annotations;
    type = manifest.artifact_type.empty() ? manifest.config.media_type : manifest.artifact_type;
  }
  if (type.empty()) return descriptor;
  Json others = Json::object();
  others.set("artifactType", type);
  descriptor.others = others.dump();
  return descriptor;
}

Index list_under(const Repository& repository, const std::string& tag) {
  try {
    const RemoteDocument found = repository.manifest(tag);
    return Index::parse(found.text, found.descriptor.media_type);
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw error.within("the list of referrers " + tag);
    return empty_index();
  }
}

bool lists(const Index& index, const Digest& digest) {
  return std::ranges::any_of(
      index.manifests, [&](const Descriptor& descriptor) { return descriptor.digest == digest; });
}

void put_list(const Repository& repository, const std::string& tag, const Index& index) {
  const std::string text = index.document();
  static_cast<void>(repository.put_manifest(
      tag, {index.media_type, Digest::of(text), static_cast<std::int64_t>(text.size())}, text));
}

}  // namespace

ReferrerLists::ReferrerLists(const Cargo& cargo, std::vector<Destination>& destinations) {
  for (Destination& destination : destinations) {
    std::map<Digest, std::vector<const CargoDocument*>> by_subject;
    for (const Digest& digest : destination.target.documents) {
      const CargoDocument* document = cargo.document(digest);
      if (document->subject) by_subject[*document->subject].push_back(document);
    }
    for (auto& [subject, referrers] : by_subject) {
      lists_.push_back({&destination, subject, std::move(referrers)});
    }
  }
}

void ReferrerLists::update(std::size_t jobs, const std::stop_token& stop) {
  std::erase_if(lists_, [&](const List& list) { return keepers_.contains(list.destination); });
  parallel_for_each(lists_, jobs, stop, [](const List& list, const auto& /*inner*/) {
    within(list.destination->name(), [&] { update(list); });
  });
}

void ReferrerLists::update(const List& list) {
  const Repository& repository = list.destination->repository;
  if (list_referrers(repository, list.subject)) return;
  const std::string tag = fallback_tag(list.subject);
  Index index = list_under(repository, tag);
  const std::size_t before = index.manifests.size();
  for (const CargoDocument* referrer : list.referrers) {
    if (!lists(index, referrer->descriptor.digest)) index.manifests.push_back(listed(*referrer));
  }
  if (index.manifests.size() != before) put_list(repository, tag, index);
}

}  // namespace ocimux
