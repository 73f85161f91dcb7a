#include <ocimux/jobs/diff.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/diff_image.hpp"
#include "jobs/diff_side.hpp"
#include "jobs/document_difference.hpp"
#include "jobs/registry_input.hpp"

#include <algorithm>

namespace ocimux {
namespace {

void check_platforms(const std::vector<Platform>& wanted, const DiffSide& before,
                     const DiffSide& after) {
  for (const Platform& platform : wanted) {
    const auto is_it = [&](const DiffImage& image) {
      return image.platform && same_platform(platform, *image.platform);
    };
    if (std::any_of(before.images.begin(), before.images.end(), is_it)) continue;
    if (std::any_of(after.images.begin(), after.images.end(), is_it)) continue;
    throw Error(Errc::not_found, "expected an image for " + platform.string() + " in " +
                                     before.input.name + " or " + after.input.name +
                                     ", found none");
  }
}

std::string listed(const DiffSide& side) {
  std::string text;
  for (const DiffImage& image : side.images) {
    if (image.platform) text += (text.empty() ? "" : ", ") + image.platform->string();
  }
  return text;
}

std::vector<Platform> platforms_of(const std::vector<DiffImage>& images) {
  std::vector<Platform> platforms;
  for (const DiffImage& image : images) platforms.push_back(*image.platform);
  return platforms;
}

std::optional<std::string> text_of(const std::optional<Digest>& digest) {
  if (!digest) return std::nullopt;
  return digest->string();
}

// Readers take the first image that fits, so the order counts.
std::vector<ValueDifference> index_difference(const DiffSide& before, const DiffSide& after,
                                              const DiffPairs& pairs) {
  if (!before.input.store || !after.input.store || before.index == after.index) return {};
  if (!before.index || !after.index) {
    return {{"digest", text_of(before.index), text_of(after.index)}};
  }
  Json old_document = *before.index_document;
  Json new_document = *after.index_document;
  old_document.set("manifests", Json::array());
  new_document.set("manifests", Json::array());
  auto found = document_difference(old_document, new_document);
  const bool same_images = pairs.only_before.empty() && pairs.only_after.empty();
  if (const std::string a = listed(before), b = listed(after); same_images && a != b) {
    found.push_back({"manifests", a, b});
  }
  return found;
}

std::map<std::string, Digest> statements_of(const DiffSide& side, const DiffImage& image) {
  const auto* stored = std::get_if<StoredImage>(&image.image->content);
  if (stored == nullptr) return {};
  const auto found = side.statements.find(stored->descriptor.digest);
  if (found == side.statements.end()) return {};
  return found->second;
}

bool same_manifest(const DiffImage& a, const DiffImage& b) {
  const auto* x = std::get_if<StoredImage>(&a.image->content);
  const auto* y = std::get_if<StoredImage>(&b.image->content);
  return x != nullptr && y != nullptr && x->descriptor.digest == y->descriptor.digest;
}

// What is said of another image is other text by nature.
void compare_statements(const DiffSide& before, const DiffImage& a, const DiffSide& after,
                        const DiffImage& b, std::vector<AttestationDifference>& found) {
  using Kind = AttestationDifference::Kind;
  if (!before.input.store || !after.input.store) return;
  const auto old_statements = statements_of(before, a);
  const auto new_statements = statements_of(after, b);
  for (const auto& [predicate, digest] : old_statements) {
    const auto other = new_statements.find(predicate);
    if (other == new_statements.end()) {
      found.push_back({a.platform, predicate, Kind::only_before});
    } else if (other->second != digest && same_manifest(a, b)) {
      found.push_back({a.platform, predicate, Kind::other_content});
    }
  }
  for (const auto& [predicate, digest] : new_statements) {
    if (!old_statements.contains(predicate)) {
      found.push_back({b.platform, predicate, Kind::only_after});
    }
  }
}

// Attestations that speak of what is not compared, their order, and the like.
void add_form(const DiffSide& before, const DiffSide& after, const DiffOptions& options,
              Diff& found) {
  if (!found.same() || !options.platforms.empty()) return;
  if (before.index && after.index && *before.index != *after.index) {
    found.index.push_back({"form"});
  }
}

}  // namespace

Diff diff(const DiffOptions& options, Progress& progress, const std::stop_token& stop) {
  check_credentials(options.registry, {options.before, options.after});
  const DiffSide before = open_side(options.before, options, progress, stop);
  const DiffSide after = open_side(options.after, options, progress, stop);
  check_platforms(options.platforms, before, after);
  const DiffPairs pairs = pair_images(before, after);
  Diff found{before.input.name, after.input.name, before.digest, after.digest, pairs.both.size()};
  found.only_before = platforms_of(pairs.only_before);
  found.only_after = platforms_of(pairs.only_after);
  found.index = index_difference(before, after, pairs);
  for (const auto& [a, b] : pairs.both) {
    ImageDifference image = image_difference(a, b, options.jobs, progress, stop);
    if (!image.empty()) found.differing.push_back(std::move(image));
    compare_statements(before, a, after, b, found.attestations);
  }
  add_form(before, after, options, found);
  return found;
}

}  // namespace ocimux
