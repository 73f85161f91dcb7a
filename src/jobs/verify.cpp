#include <ocimux/jobs/verify.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "jobs/registry_input.hpp"
#include "jobs/verify_blobs.hpp"
#include "jobs/verify_images.hpp"
#include "jobs/verify_layers.hpp"
#include "jobs/verify_links.hpp"
#include "jobs/verify_listing.hpp"
#include "jobs/verify_store.hpp"

#include <algorithm>
#include <map>
#include <variant>

// Opens and lists every input, reads every distinct blob once, all of them at a time, and tells
// then what is wrong, input by input. Whatever is found, the rest is looked at, too.

namespace ocimux {
namespace {

/// One input while it is looked at.
struct Subject {
  Subject(const MergeInput& input, Strictness strictness)
      : given(input), findings(input.reference, strictness) {}

  MergeInput given;
  std::optional<ImageReference> reference = {};
  Findings findings;
  OpenedInput opened = {};
  Survey survey = {};
  std::map<Digest, BlobFacts> facts = {};
  VerifiedInput result = {};
};

/// A blob that is to be read.
struct Reading {
  Subject* subject;
  const ListedBlob* blob;
  std::size_t threads = 1;
  std::optional<BlobFacts> facts = {};
};

void keep_failure(Subject& subject, const Error& error) {
  if (error.code() == Errc::cancelled || error.code() == Errc::invalid_argument) throw error;
  subject.result.failure = error;
}

// What is no reference at all is told before anything is looked at.
std::vector<Subject> subjects_of(const VerifyOptions& options) {
  std::vector<std::string> references;
  std::vector<Subject> subjects;
  for (const MergeInput& input : options.inputs) {
    references.push_back(input.reference);
    Subject& subject = subjects.emplace_back(input, options.strictness);
    subject.result.name = input.reference;
    try {
      subject.reference = parse_reference(input.reference);
    } catch (const Error& error) {
      keep_failure(subject, error);
    }
  }
  check_credentials(options.registry, references);
  return subjects;
}

/// What a registry has is still read from when the others are open, and @p all with it.
struct Stops {
  const std::stop_token& all;
  const std::stop_token& inner;
};

void look(Subject& subject, const VerifyOptions& options, Progress& progress, const Stops& stops) {
  if (!subject.reference) return;
  try {
    const bool remote = std::holds_alternative<Reference>(*subject.reference);
    subject.opened = open_for_verifying(*subject.reference, options.registry, subject.findings,
                                        progress, remote ? stops.all : stops.inner);
    subject.result.kind = subject.opened.kind;
    subject.survey =
        subject.opened.layout
            ? list(*subject.opened.layout, *subject.reference, subject.findings, stops.inner)
            : list(std::move(subject.opened.images), subject.findings);
  } catch (const Error& error) {
    keep_failure(subject, error);
  }
}

/// The largest first, with threads to hash in for those that are more than their share.
std::vector<Reading> readings_of(std::vector<Subject>& subjects, std::size_t jobs) {
  std::vector<Reading> readings;
  std::int64_t total = 0;
  for (Subject& subject : subjects) {
    for (const auto& [digest, blob] : subject.survey.blobs) {
      if (!blob.body) continue;
      readings.push_back({&subject, &blob});
      total += blob.body->size;
    }
  }
  std::stable_sort(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) {
    return a.blob->body->size > b.blob->body->size;
  });
  constexpr std::int64_t shares = 4;
  for (Reading& reading : readings) {
    const bool large =
        reading.blob->body->size >= total / (shares * static_cast<std::int64_t>(jobs));
    reading.threads = large ? jobs : 1;
  }
  return readings;
}

void read_blobs(std::vector<Subject>& subjects, std::size_t jobs, Progress& progress,
                const std::stop_token& stop) {
  std::vector<Reading> readings = readings_of(subjects, jobs);
  parallel_for_each(readings, jobs, stop, [&](Reading& reading, const std::stop_token& inner) {
    const ListedBlob& blob = *reading.blob;
    ProgressTask task(progress, "reading " + reading.subject->result.name, blob.body->size);
    try {
      reading.facts = read_blob(*blob.body, questions_of(blob), reading.threads, task, inner);
    } catch (const Error& error) {
      if (error.code() == Errc::cancelled) throw;
      reading.facts = BlobFacts{.unreadable = error};
    }
  });
  for (Reading& reading : readings) {
    reading.subject->facts.emplace(reading.blob->descriptor.digest, std::move(*reading.facts));
  }
}

// Without reading them: that they are there, and how large, is known of all but a registry's.
void ask_for_blobs(Subject& subject) {
  if (!subject.opened.layout || !subject.opened.layout->size_of) return;
  for (const auto& [digest, blob] : subject.survey.blobs) {
    if (!blob.body || !blob.body->remote) continue;
    const auto size = subject.opened.layout->size_of(digest);
    if (!size) {
      subject.findings.add(blob.spot, "blob-missing", {"the blob " + digest.string(), "none"},
                           digest, blob.places - 1);
    } else if (*size != blob.descriptor.size) {
      subject.findings.add(blob.spot, "blob-size",
                           {std::to_string(blob.descriptor.size) + " bytes, as its descriptor says",
                            std::to_string(*size)},
                           digest, blob.places - 1);
    }
  }
}

Programs programs_of(const Subject& subject, const ListedImage& listed) {
  if (const auto* rootfs = std::get_if<RootfsImage>(&listed.image.content)) {
    return rootfs->programs;
  }
  Programs all;
  for (const Digest& layer : listed.layers) {
    const auto facts = subject.facts.find(layer);
    if (facts == subject.facts.end() || !is_sound(subject.survey.blobs.at(layer), facts->second)) {
      all.mark_incomplete();
    } else {
      all.put(facts->second.programs);
    }
  }
  return all;
}

void tell_rootfs(Subject& subject, const std::stop_token& stop) {
  if (!subject.opened.rootfs) return;
  const Spot spot = subject.survey.images.size() == 1 ? subject.survey.images[0].spot : Spot{};
  for (LayerRemark& remark : remarks_on(subject.opened.rootfs, stop)) {
    subject.findings.add(spot, remark.code, std::move(remark.said));
  }
}

void tell(Subject& subject, const std::stop_token& stop) {
  Findings& findings = subject.findings;
  for (const auto& [digest, facts] : subject.facts) {
    const ListedBlob& blob = subject.survey.blobs.at(digest);
    if (facts.unreadable && facts.unreadable->code() == Errc::network) {
      keep_failure(subject, *facts.unreadable);
    } else {
      tell_blob(blob, facts, findings);
    }
  }
  tell_rootfs(subject, stop);
  LinkCheck links(subject.survey.blobs, subject.facts, findings, stop);
  for (const ListedImage& image : subject.survey.images) {
    throw_if_stopped(stop);
    links.check(image);
    subject.result.images.push_back(
        examine(image, subject.given.platform, programs_of(subject, image), findings));
  }
  tell_duplicates(subject.survey, subject.result.images, findings);
  const Spot last{"", SIZE_MAX};
  if (subject.opened.layout && subject.opened.layout->tell_others && subject.survey.complete &&
      is_whole(*subject.reference)) {
    subject.opened.layout->tell_others(subject.survey.reached, last, findings);
  }
}

// Each index must have the expected platforms; images without one have them together.
void compare_with_expected(std::vector<Subject>& subjects, const std::vector<Platform>& expected) {
  PlatformGroup loose;
  Subject* holder = nullptr;  // the first with images that are in no index
  bool any_index = false;
  for (Subject& subject : subjects) {
    for (const PlatformGroup& group :
         index_groups(subject.survey, subject.result.images, subject.findings)) {
      any_index = true;
      tell_unexpected(group, expected, subject.findings);
      tell_missing(group.spot, missing_in(group, expected), group, subject.findings);
    }
    const PlatformGroup own = loose_group(subject.survey, subject.result.images);
    tell_unexpected(own, expected, subject.findings);
    loose.platforms.insert(loose.platforms.end(), own.platforms.begin(), own.platforms.end());
    if (holder == nullptr && !own.platforms.empty()) holder = &subject;
  }
  if (holder == nullptr && (any_index || subjects.empty())) return;
  Subject& teller = holder == nullptr ? subjects.front() : *holder;
  tell_missing(Spot{"", SIZE_MAX}, missing_in(loose, expected), loose, teller.findings);
}

}  // namespace

Verification verify(const VerifyOptions& options, Progress& progress, const std::stop_token& stop) {
  std::vector<Subject> subjects = subjects_of(options);
  const std::size_t jobs = std::max<std::size_t>(options.jobs, 1);
  parallel_for_each(subjects, jobs, stop, [&](Subject& subject, const std::stop_token& inner) {
    look(subject, options, progress, {stop, inner});
  });
  if (options.depth == VerifyDepth::whole) read_blobs(subjects, jobs, progress, stop);
  for (Subject& subject : subjects) {
    try {
      if (options.depth == VerifyDepth::shallow) ask_for_blobs(subject);
      tell(subject, stop);
    } catch (const Error& error) {
      keep_failure(subject, error);
    }
  }
  if (!options.expect.empty()) compare_with_expected(subjects, options.expect);
  Verification verification;
  for (Subject& subject : subjects) {
    subject.result.findings = subject.findings.take();
    verification.inputs.push_back(std::move(subject.result));
  }
  return verification;
}

}  // namespace ocimux
