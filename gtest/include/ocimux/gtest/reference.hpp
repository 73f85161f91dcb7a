#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/spec/platform.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// What the matchers share; not for tests.
namespace ocimux::gtest::detail {

inline std::string reference_of(const std::filesystem::path& path) { return path.string(); }
inline std::string reference_of(const std::string& text) { return text; }
inline std::string reference_of(const char* text) { return text; }

inline std::size_t threads() { return std::max(1U, std::thread::hardware_concurrency()); }

/// What @p match answers; where it throws, no match, and the error as the explanation.
template <typename Match>
bool explaining_errors(testing::MatchResultListener& listener, const Match& match) {
  try {
    return match();
  } catch (const Error& error) {
    listener << "which cannot be looked into: " << error.what();
    if (!error.hint().empty()) listener << " (" << error.hint() << ")";
    return false;
  }
}

inline std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all.empty() ? "none" : all;
}

/// A matcher of references. @p Rule has `bool matches(const std::string&, MatchResultListener&)`
/// and `std::string description() const`, which goes behind "an image that …".
template <typename Rule>
class ReferenceMatcher {
 public:
  explicit ReferenceMatcher(Rule rule) : rule_(std::move(rule)) {}

  template <typename Reference>
  bool MatchAndExplain(const Reference& reference, testing::MatchResultListener* listener) const {
    return explaining_errors(*listener,
                             [&] { return rule_.matches(reference_of(reference), *listener); });
  }
  void DescribeTo(std::ostream* out) const { *out << rule_.description(); }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "not (" << rule_.description() << ")";
  }

 private:
  Rule rule_;
};

template <typename Rule>
auto reference_matcher(Rule rule) {
  return testing::MakePolymorphicMatcher(ReferenceMatcher<Rule>(std::move(rule)));
}

}  // namespace ocimux::gtest::detail
