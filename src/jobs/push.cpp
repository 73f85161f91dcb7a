#include <ocimux/jobs/push.hpp>

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "jobs/cargo.hpp"
#include "jobs/destination.hpp"
#include "jobs/push_blobs.hpp"
#include "jobs/push_documents.hpp"
#include "jobs/push_targets.hpp"
#include "jobs/registry_input.hpp"
#include "source/open_store.hpp"

#include <set>

// The whole of a layout to registries, in sentences: gather what there is, decide where it goes,
// ask what is there, send blobs, then documents, then tags. Everything that can be refused is
// refused before the first request that changes something.

namespace ocimux {
namespace {

void check(const PushOptions& options, const std::vector<PushTarget>& targets) {
  std::vector<std::string> names;
  for (const PushTarget& target : targets) {
    names.push_back(std::string(registry_prefix) + target.repository.string());
  }
  check_credentials(options.registry, names);
}

// What is named by its digest goes by its digest.
std::vector<Descriptor> selected(const ImageStore& store, const LocalReference& reference) {
  std::vector<Descriptor> all = select(store, reference);
  if (!reference.digest) return all;
  for (Descriptor& descriptor : all) {
    descriptor.annotations.erase(std::string(annotation::ref_name));
    descriptor.annotations.erase(std::string(annotation::image_name));
  }
  return all;
}

Cargo look(const PushOptions& options, Progress& progress, const std::stop_token& stop) {
  const LocalReference reference = LocalReference::parse(options.source);
  const ImageStore store = open_store(reference, progress, stop);
  const Referrers nobody = [](const Digest&) { return std::vector<Descriptor>(); };
  const auto roots = within(store.name, [&] { return selected(store, reference); });
  return gather(store, roots, options.referrers ? referrers_in(store) : nobody,
                {options.platforms, options.format, options.platform_tags}, progress);
}

std::vector<PushedTag> pushed_names(const std::vector<Destination>& destinations,
                                    const Cargo& cargo) {
  std::vector<PushedTag> names;
  for (const Destination& destination : destinations) {
    const PushTarget& target = destination.target;
    const std::set<Digest> documents(target.documents.begin(), target.documents.end());
    std::set<Digest> named;
    for (const PushTarget::Tag& tag : target.tags) {
      named.insert(tag.digest);
      names.push_back({destination.name() + ":" + tag.tag, tag.digest});
    }
    for (const Digest& root : cargo.roots) {
      if (documents.contains(root) && named.insert(root).second)
        names.push_back({destination.name(), root});
    }
  }
  return names;
}

}  // namespace

PushResult push(const PushOptions& options, Progress& progress, const std::stop_token& stop) {
  const Cargo cargo = look(options, progress, stop);
  std::vector<PushTarget> targets = within("push", [&] { return push_targets(cargo, options); });
  check(options, targets);
  Registries registries(options.registry, progress, stop);
  std::vector<Destination> destinations = open_destinations(cargo, std::move(targets), registries);
  ask_destinations(destinations, options.jobs, stop);
  const std::vector<BlobErrand> errands =
      within(options.source, [&] { return plan_blobs(cargo, destinations, options, progress); });

  PushResult result;
  result.replaced = cargo.replaced;
  send_blobs(errands, options, result, progress, stop);
  send_documents(cargo, destinations, options, result, stop);
  throw_if_stopped(stop);
  send_tags(cargo, destinations, options, result, stop);
  result.tags = pushed_names(destinations, cargo);
  return result;
}

}  // namespace ocimux
