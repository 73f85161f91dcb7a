#include "jobs/registry_referrers.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "io/memory.hpp"
#include "jobs/cargo_documents.hpp"
#include "registry/referrers.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

// A registry answers for one document at a time, so all documents of a level are asked about at
// once: those of the image first, then what speaks of them, then what speaks of that.

namespace ocimux {
namespace {

constexpr int most_levels = 8;
constexpr std::size_t most_referrers = 100'000;
// What cosign signs, attests and describes has a tag made of its digest (cosign, SPEC.md).
constexpr std::array<std::string_view, 3> cosign_suffixes{".sig", ".att", ".sbom"};

Descriptor under_tag(Descriptor descriptor, const std::string& tag) {
  descriptor.annotations[std::string(annotation::ref_name)] = tag;
  return descriptor;
}

bool has_tag(const Descriptor& descriptor) {
  return descriptor.annotations.contains(std::string(annotation::ref_name));
}

/// Something to ask about a document: who is listed, or what is under a tag.
struct Question {
  Digest about;
  std::string tag;  // empty: who is listed
  std::vector<Descriptor> answer = {};
};

/// What is said to speak of a document.
struct Claim {
  Digest about;
  Descriptor listed;
  std::optional<Descriptor> found = {};
};

class Asking {
 public:
  Asking(std::shared_ptr<RegistryStore> registry, std::size_t width, Progress& progress,
         const std::stop_token& stop)
      : registry_(std::move(registry)), width_(width), progress_(progress), stop_(stop) {}

  std::map<Digest, std::vector<Descriptor>> ask(std::vector<Digest> level) {
    for (int depth = 0; !level.empty(); ++depth) {
      std::erase_if(level, [&](const Digest& digest) { return !seen_.insert(digest).second; });
      if (depth == most_levels && !level.empty()) {
        progress_.warn("what speaks of documents that speak of others, " +
                       std::to_string(most_levels) + " times over, is left out");
        break;
      }
      level = ask_about(level);
    }
    return std::move(found_);
  }

 private:
  /// Answers what was found to speak of @p level.
  std::vector<Digest> ask_about(const std::vector<Digest>& level) {
    std::vector<Question> questions;
    for (const Digest& digest : level) {
      questions.push_back({digest, {}});
      for (const std::string_view suffix : cosign_suffixes) {
        questions.push_back({digest, fallback_tag(digest) + std::string(suffix)});
      }
    }
    parallel_for_each(questions, width_, stop_, [&](Question& question, const std::stop_token&) {
      question.answer = question.tag.empty() ? list_of(question.about) : tagged(question.tag);
    });
    std::vector<Digest> next;
    for (Claim& claim : checked(questions)) {
      if (!claim.found) continue;
      next.push_back(claim.found->digest);
      add(found_[claim.about], std::move(*claim.found));
    }
    return next;
  }

  std::vector<Claim> checked(const std::vector<Question>& questions) {
    std::vector<Claim> claims;
    for (const Question& question : questions) {
      for (const Descriptor& descriptor : question.answer) {
        claims.push_back({question.about, descriptor});
        if (!question.tag.empty()) claims.back().found = descriptor;  // it was read just now
      }
      check_count(claims.size());
    }
    parallel_for_each(claims, width_, stop_, [&](Claim& claim, const std::stop_token&) {
      if (!claim.found) claim.found = read_referrer(claim.listed, claim.about);
    });
    return claims;
  }

  void check_count(std::size_t more) const {
    if (count_ + more <= most_referrers) return;
    throw Error(Errc::corrupt, "expected at most " + std::to_string(most_referrers) +
                                   " documents that speak of an image, found more");
  }

  // Once under a tag is enough: what it names may be listed, too.
  void add(std::vector<Descriptor>& all, Descriptor descriptor) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const Descriptor& other) {
      return other.digest == descriptor.digest && (!has_tag(other) || !has_tag(descriptor));
    });
    if (same != all.end()) {
      if (has_tag(descriptor)) *same = std::move(descriptor);
      return;
    }
    ++count_;
    all.push_back(std::move(descriptor));
  }

  std::vector<Descriptor> tagged(const std::string& tag) {
    const auto descriptor = within(tag, [&] { return registry_->look_up(tag); });
    if (!descriptor) return {};
    return {under_tag(*descriptor, tag)};
  }

  std::vector<Descriptor> list_of(const Digest& about) {
    if (auto index = registry_->repository().referrers(about)) return std::move(index->manifests);
    const std::string tag = fallback_tag(about);
    const auto descriptor = within(tag, [&] { return registry_->look_up(tag); });
    if (!descriptor || !media_type::is_index(descriptor->media_type)) return {};
    return within(
        tag, [&] { return Index::parse(text_of(*descriptor), descriptor->media_type).manifests; });
  }

  // By what it is, not by what the list says of it: registries get sizes wrong, and annotations
  // there could pass for names (image-spec keeps both in the document itself).
  std::optional<Descriptor> read_referrer(const Descriptor& listed, const Digest& about) {
    const std::string what =
        listed.digest.string() + ", listed among what refers to " + about.string();
    if (!is_document(listed)) {
      progress_.warn(what + ", is no manifest: left out");
      return std::nullopt;
    }
    auto found = within(what, [&] { return registry_->look_up(listed.digest.string()); });
    if (!found) progress_.warn(what + ", is not in the registry: left out");
    return found;
  }

  std::string text_of(const Descriptor& descriptor) {
    return read_document(*registry_->find(descriptor), largest_document);
  }

  std::shared_ptr<RegistryStore> registry_;
  std::size_t width_;
  Progress& progress_;
  const std::stop_token& stop_;
  std::set<Digest> seen_;
  std::map<Digest, std::vector<Descriptor>> found_;
  std::size_t count_ = 0;
};

}  // namespace

Referrers referrers_in(const std::shared_ptr<RegistryStore>& registry,
                       const std::vector<Digest>& documents, std::size_t width, Progress& progress,
                       const std::stop_token& stop) {
  return [found = Asking(registry, width, progress, stop).ask(documents)](
             const Digest& digest) -> std::vector<Descriptor> {
    const auto known = found.find(digest);
    return known == found.end() ? std::vector<Descriptor>() : known->second;
  };
}

}  // namespace ocimux
