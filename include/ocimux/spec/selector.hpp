#pragma once

#include <ocimux/spec/platform.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// Picks platforms: `linux`, `windows/amd64`, `linux/arm/v7`, `windows:ltsc2022`, `*`.
class Selector final {
 public:
  /// Picks every platform.
  Selector() = default;
  /// Nothing when @p text is no selector.
  static std::optional<Selector> parse(std::string_view text);

  [[nodiscard]] bool matches(const Platform& platform) const;
  /// How much it says: the more specific of two selectors has more.
  [[nodiscard]] int specificity() const;
  /// The text parse() reads.
  [[nodiscard]] std::string string() const;

 private:
  std::string os_;
  std::string architecture_;
  std::string variant_;
  std::string os_version_;
};

/// A value for the platforms that a selector picks.
template <typename T>
struct Selected {
  Selector selector;
  T value;
};

/// The values for @p platform, the most specific one last; equals stay in their order.
template <typename T>
std::vector<T> values_for(const Platform& platform, std::vector<Selected<T>> all) {
  std::erase_if(all, [&](const auto& item) { return !item.selector.matches(platform); });
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.selector.specificity() < b.selector.specificity();
  });
  std::vector<T> values;
  values.reserve(all.size());
  for (auto& item : all) values.push_back(std::move(item.value));
  return values;
}

/// True when @p version is @p wanted or, part by part, begins with it: 10.0.20348.1607 with
/// 10.0.20348. Everything begins with nothing.
bool version_within(std::string_view version, std::string_view wanted);

/// True when @p have is the platform @p wanted: same os, architecture and variant in normalized
/// form, and os.version and features as far as @p wanted says any.
bool same_platform(const Platform& wanted, const Platform& have);

}  // namespace ocimux
