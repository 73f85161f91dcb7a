// Platforms as users, files and directories name them, and what selects them.

#include <ocimux/spec/platform.hpp>
#include <ocimux/spec/selector.hpp>

#include "fuzz/fuzzing.hpp"
#include "source/file_name.hpp"
#include "spec/windows_version.hpp"

namespace ocimux::fuzz {
namespace {

void check_platform(const Platform& platform) {
  const Platform normalized = platform.normalized();
  require(normalized.normalized() == normalized, "a normalized platform stays");
  require(same_platform(platform, normalized), "a platform is its normalized form");
  require(index_order(normalized, normalized) == std::strong_ordering::equal, "equals are equal");
}

void check_text(std::string_view text) {
  const auto parsed = outcome_of([&] { return Platform::parse(text); });
  if (!parsed.value) return;
  check_platform(*parsed.value);
  Platform written = Platform::parse(parsed.value->string());
  written.os_features = parsed.value->os_features;  // they are not shown
  require(written == *parsed.value, "a platform is written as it was read");
}

void check_selector(std::string_view text) {
  const auto selector = Selector::parse(text);
  if (!selector) return;
  const auto again = Selector::parse(selector->string());
  require(again && again->string() == selector->string() &&
              again->specificity() == selector->specificity(),
          "a selector is written as it was read");
  const auto platform = outcome_of([&] { return Platform::parse(text); });
  if (platform.value) require(selector->matches(*platform.value), "a platform selects itself");
}

void check_names(std::string_view text) {
  if (const auto named = platform_in_name(text)) {
    require(is_known_os(named->platform.os) && is_known_architecture(named->platform.architecture),
            "a name names a platform");
    check_platform(named->platform);
  }
  if (const auto named = platform_of_directory(text)) check_platform(*named);
  static_cast<void>(windows_os_version(text));
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = ocimux::fuzz::text_of(data, size);
  ocimux::fuzz::check_text(text);
  ocimux::fuzz::check_selector(text);
  ocimux::fuzz::check_names(text);
  ocimux::fuzz::check_platform({std::string(text.substr(0, text.size() / 3)),
                                std::string(text.substr(text.size() / 3, text.size() / 3)),
                                std::string(text.substr(text.size() / 3 * 2))});
  return 0;
}
