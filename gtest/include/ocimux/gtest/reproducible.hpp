#pragma once

#include <ocimux/gtest/reference.hpp>
#include <ocimux/jobs/diff.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ocimux::gtest {
namespace detail {

inline std::string text_of(const FileDifference& file) {
  if (!file.before) return file.path() + " only in the other";
  if (!file.after) return file.path() + " not in the other";
  std::vector<std::string> why;
  for (const FileAspect aspect : file.aspects) why.emplace_back(name_of(aspect));
  return file.path() + " (" + joined(why) + ")";
}

inline std::string text_of(const ValueDifference& value) {
  return value.name + " (" + value.before.value_or("none") + " here, " +
         value.after.value_or("none") + " there)";
}

/// What differs, a text each, the platform in front.
inline std::vector<std::string> texts_of(const ImageDifference& image) {
  const std::string where = image.platform ? image.platform->string() + ": " : std::string();
  std::vector<std::string> all;
  for (const FileDifference& file : image.files) all.push_back(where + text_of(file));
  for (const auto* values : {&image.config, &image.manifest, &image.descriptor}) {
    for (const ValueDifference& value : *values) all.push_back(where + text_of(value));
  }
  // Layers without a word on what is in them.
  if (all.empty() && !image.layers.empty()) {
    all.push_back(where + std::to_string(image.layers.size()) + " layers written otherwise");
  }
  return all;
}

inline std::vector<std::string> texts_of(const Diff& diff) {
  std::vector<std::string> all;
  for (const Platform& one : diff.only_before) all.push_back(one.string() + " not in the other");
  for (const Platform& one : diff.only_after) all.push_back(one.string() + " only in the other");
  for (const ValueDifference& value : diff.index) all.push_back("index: " + text_of(value));
  for (const ImageDifference& image : diff.differing) {
    for (std::string& text : texts_of(image)) all.push_back(std::move(text));
  }
  for (const AttestationDifference& one : diff.attestations) {
    all.push_back("attestation " + one.predicate);
  }
  return all;
}

struct ReproducibleRule {
  std::string other;

  bool matches(const std::string& reference, testing::MatchResultListener& listener) const {
    DiffOptions options{reference, other};
    options.jobs = threads();
    const Diff found = diff(options);
    if (found.same() && found.digest_before == found.digest_after) return true;
    constexpr std::size_t most = 10;
    std::vector<std::string> texts = texts_of(found);
    const std::size_t more = texts.size() - std::min(texts.size(), most);
    texts.resize(texts.size() - more);
    listener << (found.only_times() ? "which differs in time stamps only: " : "which differs: ")
             << (texts.empty() ? "the digests" : joined(texts));
    if (more != 0) listener << " and " << more << " more";
    return false;
  }
  [[nodiscard]] std::string description() const {
    return "has the same digests as '" + other + "'";
  }
};

}  // namespace detail

/// Is to the last byte what @p other is: the same index or manifest, or of root filesystem tars the
/// same layers. Else the explanation says what differs, and whether that is time stamps only.
template <typename Reference>
auto IsReproducibleWith(const Reference& other) {
  return detail::reference_matcher(detail::ReproducibleRule{detail::reference_of(other)});
}

}  // namespace ocimux::gtest
