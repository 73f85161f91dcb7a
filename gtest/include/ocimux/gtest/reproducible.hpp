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

/// What differs: time stamps, and what is no time stamp.
struct Told {
  std::vector<std::string> times = {};
  std::vector<std::string> others = {};

  void add(bool time, std::string text) { (time ? times : others).push_back(std::move(text)); }
};

inline void tell(const ImageDifference& image, Told& told) {
  const std::string where = image.platform ? image.platform->string() + ": " : std::string();
  for (const FileDifference& file : image.files) told.add(file.only_time(), where + text_of(file));
  for (const auto* values : {&image.config, &image.manifest, &image.descriptor}) {
    for (const ValueDifference& value : *values) told.add(value.time, where + text_of(value));
  }
  const bool silent = image.files.empty() && image.config.empty() && image.manifest.empty();
  if (silent && !image.layers.empty()) {
    told.add(false, where + std::to_string(image.layers.size()) + " layer(s) written otherwise");
  }
}

inline Told told_of(const Diff& diff) {
  Told told;
  for (const Platform& one : diff.only_before) told.add(false, one.string() + " not in the other");
  for (const Platform& one : diff.only_after) told.add(false, one.string() + " only in the other");
  for (const ValueDifference& value : diff.index) told.add(value.time, "index: " + text_of(value));
  for (const ImageDifference& image : diff.differing) tell(image, told);
  for (const AttestationDifference& one : diff.attestations) {
    told.add(false, "attestation " + one.predicate);
  }
  return told;
}

struct ReproducibleRule {
  std::string other;

  bool matches(const std::string& reference, testing::MatchResultListener& listener) const {
    DiffOptions options{reference, other};
    options.jobs = threads();
    const Diff found = diff(options);
    if (found.same() && found.digest_before == found.digest_after) return true;
    constexpr std::size_t most = 10;
    const Told told = told_of(found);
    std::vector<std::string> texts = told.others.empty() ? told.times : told.others;
    const std::size_t more = texts.size() - std::min(texts.size(), most);
    texts.resize(texts.size() - more);
    listener << (found.only_times() ? "which differs in time stamps only: " : "which differs: ")
             << (texts.empty() ? "in its digest" : joined(texts));
    if (more != 0) listener << " and " << more << " more";
    if (!told.others.empty() && !told.times.empty()) listener << "; and in time stamps";
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
