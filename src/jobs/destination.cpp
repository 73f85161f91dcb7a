#include "jobs/destination.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"

#include <mutex>

namespace ocimux {
namespace {

/// One thing to ask a registry for.
struct Question {
  Destination* destination;
  std::string version;
  const Digest* document = nullptr;  // null: the tag
  std::size_t tag = 0;
};

std::set<Digest> needed_by_others(const Cargo& cargo) {
  std::set<Digest> needed;
  for (const CargoDocument& document : cargo.documents) {
    needed.insert(document.children.begin(), document.children.end());
    if (document.subject) needed.insert(document.descriptor.digest);
  }
  return needed;
}

std::vector<Question> questions_for(std::vector<Destination>& destinations) {
  std::vector<Question> questions;
  for (Destination& destination : destinations) {
    destination.right_tags.assign(destination.target.tags.size(), false);
    for (const Digest& document : destination.target.documents) {
      if (destination.only_tagged.contains(document)) continue;
      questions.push_back({&destination, document.string(), &document});
    }
    for (std::size_t i = 0; i < destination.target.tags.size(); ++i) {
      questions.push_back({&destination, destination.target.tags[i].tag, nullptr, i});
    }
  }
  return questions;
}

}  // namespace

std::vector<Destination> open_destinations(const Cargo& cargo, std::vector<PushTarget> targets,
                                           Registries& registries) {
  const std::set<Digest> needed = needed_by_others(cargo);
  std::vector<Destination> destinations;
  destinations.reserve(targets.size());
  for (PushTarget& target : targets) {
    Repository repository = within(target.repository.string(), [&] {
      return registries.open(target.repository, Access::push);
    });
    Destination& destination =
        destinations.emplace_back(Destination{std::move(target), std::move(repository)});
    for (const PushTarget::Tag& tag : destination.target.tags) {
      if (!needed.contains(tag.digest)) destination.only_tagged.insert(tag.digest);
    }
  }
  return destinations;
}

void ask_destinations(std::vector<Destination>& destinations, std::size_t jobs,
                      const std::stop_token& stop) {
  std::vector<Question> questions = questions_for(destinations);
  std::mutex mutex;
  parallel_for_each(questions, jobs, stop, [&](const Question& question, const auto& /*inner*/) {
    Destination& destination = *question.destination;
    const auto found = within(
        destination.name(), [&] { return destination.repository.find_manifest(question.version); });
    if (!found) return;
    const std::lock_guard lock(mutex);
    if (question.document != nullptr) {
      destination.documents.insert(*question.document);
      return;
    }
    const Digest& digest = destination.target.tags[question.tag].digest;
    if (found->digest != digest) return;
    destination.right_tags[question.tag] = true;
    destination.documents.insert(digest);
  });
}

}  // namespace ocimux
