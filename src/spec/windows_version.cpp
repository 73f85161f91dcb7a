#include "spec/windows_version.hpp"

#include "spec/letter_case.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

struct Release {
  std::string_view name;
  std::string_view os_version;
};

// Where a build has two names, the one base images are tagged with most comes first.
constexpr std::array<Release, 21> releases{{
    {"ltsc2016", "10.0.14393"}, {"1607", "10.0.14393"},     {"1703", "10.0.15063"},
    {"1709", "10.0.16299"},     {"1803", "10.0.17134"},     {"1809", "10.0.17763"},
    {"ltsc2019", "10.0.17763"}, {"1903", "10.0.18362"},     {"1909", "10.0.18363"},
    {"2004", "10.0.19041"},     {"20H2", "10.0.19042"},     {"21H1", "10.0.19043"},
    {"21H2", "10.0.19044"},     {"22H2", "10.0.19045"},     {"ltsc2022", "10.0.20348"},
    {"23H2", "10.0.25398"},     {"ltsc2025", "10.0.26100"}, {"2019", "10.0.17763"},
    {"2022", "10.0.20348"},     {"2025", "10.0.26100"},     {"2016", "10.0.14393"},
}};

std::string_view take_part(std::string_view& text) {
  const std::string_view part = text.substr(0, text.find('.'));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

// What sort of thing a part is; the sorts follow each other, or there would be no order at all
// (2 < 10 by number, 10 < 1a and 1a < 2 as text).
int sort_of(std::string_view part) {
  if (part.empty()) return 0;
  return part.find_first_not_of("0123456789") == std::string_view::npos ? 1 : 2;
}

int compare_parts(std::string_view a, std::string_view b) {
  if (sort_of(a) != sort_of(b)) return sort_of(a) - sort_of(b);
  if (sort_of(a) != 1) return a.compare(b);
  // Numbers of any length: without zeros in front, the longer one is greater.
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

// The build whose files @p os_version's are: 18363 is 18362 with a switch turned.
std::string_view code_of(std::string_view os_version) {
  struct Family {
    std::string_view first;
    std::string_view last;
  };
  constexpr std::array<Family, 2> families{{{"18362", "18363"}, {"19041", "19045"}}};
  take_part(os_version);
  take_part(os_version);
  const std::string_view build = take_part(os_version);
  for (const Family& family : families) {
    if (build >= family.first && build <= family.last) return family.first;
  }
  return build;
}

}  // namespace

bool is_same_windows_code(std::string_view a, std::string_view b) {
  return code_of(a) == code_of(b);
}

std::string windows_os_version(std::string_view name) {
  const std::string wanted = lower(name);
  for (const Release& release : releases) {
    if (lower(release.name) == wanted) return std::string(release.os_version);
  }
  return {};
}

std::string_view windows_release_name(std::string_view os_version) {
  for (const Release& release : releases) {
    if (os_version == release.os_version || (os_version.starts_with(release.os_version) &&
                                             os_version[release.os_version.size()] == '.')) {
      return release.name;
    }
  }
  return {};
}

int compare_versions(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const int order = compare_parts(take_part(a), take_part(b));
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace ocimux
