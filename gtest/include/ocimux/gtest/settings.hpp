#pragma once

#include <ocimux/gtest/reference.hpp>
#include <ocimux/jobs/settings.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ocimux::gtest {
namespace detail {

/// A setting of an image as a value, and what it should be.
template <typename Value>
struct SettingRule {
  std::string platform;
  std::string name;  ///< `entrypoint`
  Value RuntimeSettings::*member;
  testing::Matcher<const Value&> wanted;

  bool matches(const std::string& reference, testing::MatchResultListener& listener) const {
    const RuntimeSettings settings = read_settings(reference, Platform::parse(platform));
    const Value& found = settings.*member;
    if (wanted.Matches(found)) return true;
    listener << "whose " << name << " is " << testing::PrintToString(found);
    return false;
  }
  [[nodiscard]] std::string description() const {
    return "has for " + platform + " as " + name + " what " +
           testing::DescribeMatcher<const Value&>(wanted);
  }
};

/// One entry of a setting that has names.
struct EntryRule {
  std::string platform;
  std::string what;  ///< `label`
  std::map<std::string, std::string> RuntimeSettings::*member;
  std::string name;
  testing::Matcher<const std::string&> wanted;

  bool matches(const std::string& reference, testing::MatchResultListener& listener) const {
    const RuntimeSettings settings = read_settings(reference, Platform::parse(platform));
    const auto& all = settings.*member;
    const auto found = all.find(name);
    if (found == all.end()) {
      std::vector<std::string> names;
      for (const auto& [one, value] : all) names.push_back(one);
      listener << "which has no " << what << " '" << name << "', but " << joined(names);
      return false;
    }
    if (wanted.Matches(found->second)) return true;
    listener << "whose " << what << " '" << name << "' is "
             << testing::PrintToString(found->second);
    return false;
  }
  [[nodiscard]] std::string description() const {
    return "has for " + platform + " a " + what + " '" + name + "' that " +
           testing::DescribeMatcher<const std::string&>(wanted);
  }
};

using Words = std::vector<std::string>;

inline auto words(std::string platform, std::string name, Words RuntimeSettings::*member,
                  const Words& wanted) {
  return reference_matcher(SettingRule<Words>{std::move(platform), std::move(name), member,
                                              testing::ContainerEq(wanted)});
}

inline auto text(std::string platform, std::string name, std::string RuntimeSettings::*member,
                 testing::Matcher<const std::string&> wanted) {
  return reference_matcher(
      SettingRule<std::string>{std::move(platform), std::move(name), member, std::move(wanted)});
}

}  // namespace detail

/// The Entrypoint of the image for @p platform is exactly this.
inline auto HasEntrypoint(std::string platform, const std::vector<std::string>& words) {
  return detail::words(std::move(platform), "entrypoint", &RuntimeSettings::entrypoint, words);
}

/// Its Cmd is exactly this.
inline auto HasCmd(std::string platform, const std::vector<std::string>& words) {
  return detail::words(std::move(platform), "cmd", &RuntimeSettings::cmd, words);
}

/// Its User is @p user: text, or a matcher of it.
inline auto HasUser(std::string platform, testing::Matcher<const std::string&> user) {
  return detail::text(std::move(platform), "user", &RuntimeSettings::user, std::move(user));
}

/// Its WorkingDir is @p directory.
inline auto HasWorkingDir(std::string platform, testing::Matcher<const std::string&> directory) {
  return detail::text(std::move(platform), "working directory", &RuntimeSettings::working_dir,
                      std::move(directory));
}

/// It sets the environment variable @p name to @p value.
inline auto HasEnv(std::string platform, std::string name,
                   testing::Matcher<const std::string&> value) {
  return detail::reference_matcher(detail::EntryRule{
      std::move(platform), "variable", &RuntimeSettings::env, std::move(name), std::move(value)});
}

/// It has the label @p name with @p value.
inline auto HasLabel(std::string platform, std::string name,
                     testing::Matcher<const std::string&> value) {
  return detail::reference_matcher(detail::EntryRule{
      std::move(platform), "label", &RuntimeSettings::labels, std::move(name), std::move(value)});
}

}  // namespace ocimux::gtest
