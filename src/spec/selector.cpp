#include <ocimux/spec/selector.hpp>

#include <ocimux/base/error.hpp>

#include "spec/windows_version.hpp"

namespace ocimux {
namespace {

bool is_version(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// The variant that normalized platforms leave out.
std::string_view default_variant(std::string_view architecture) {
  if (architecture == "arm64") return "v8";
  return architecture == "amd64" ? "v1" : "";
}

std::string variant_of(const Platform& platform) {
  return platform.variant.empty() ? std::string(default_variant(platform.architecture))
                                  : platform.variant;
}

std::optional<Platform> read_platform(std::string_view text) {
  try {
    return Platform::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<Selector> Selector::parse(std::string_view text) {
  Selector selector;
  if (text == "*") return selector;
  const std::size_t colon = text.find(':');
  const std::string_view version =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  text = text.substr(0, colon);
  const std::size_t slash = text.find('/');
  const std::string_view os = text.substr(0, slash);
  if (!is_known_os(os)) return std::nullopt;
  if (colon != std::string_view::npos) {
    // The names of Windows' releases say nothing of other systems.
    if (Platform{std::string(os), {}}.normalized().os == "windows") {
      selector.os_version_ = windows_os_version(version);
    }
    if (selector.os_version_.empty()) selector.os_version_ = version;
    if (!is_version(selector.os_version_)) return std::nullopt;
  }
  if (slash == std::string_view::npos) {
    selector.os_ = Platform{std::string(os), {}}.normalized().os;
    return selector;
  }
  const std::optional<Platform> platform = read_platform(text);
  if (!platform) return std::nullopt;
  selector.os_ = platform->os;
  selector.architecture_ = platform->architecture;
  // `linux/arm` picks every arm; only what names a variant (linux/arm/v7, linux/armhf) picks one.
  const std::size_t second = text.find('/', slash + 1);
  const std::string_view architecture = text.substr(slash + 1, second - slash - 1);
  if (second != std::string_view::npos) {
    selector.variant_ = variant_of(*platform);
  } else if (architecture.size() != std::string_view("arm").size()) {
    selector.variant_ = platform->variant;
  }
  return selector;
}

bool Selector::matches(const Platform& platform) const {
  const Platform have = platform.normalized();
  return (os_.empty() || os_ == have.os) &&
         (architecture_.empty() || architecture_ == have.architecture) &&
         (variant_.empty() || variant_ == variant_of(have)) &&
         version_within(have.os_version, os_version_);
}

int Selector::specificity() const {
  return (os_.empty() ? 0 : 1) + (architecture_.empty() ? 0 : 2) + (variant_.empty() ? 0 : 4) +
         (os_version_.empty() ? 0 : 8);
}

std::string Selector::string() const {
  if (os_.empty()) return "*";
  std::string text = os_;
  if (!architecture_.empty()) text += "/" + architecture_;
  if (!variant_.empty()) text += "/" + variant_;
  if (!os_version_.empty()) text += ":" + os_version_;
  return text;
}

bool version_within(std::string_view version, std::string_view wanted) {
  return wanted.empty() || version == wanted ||
         (version.starts_with(wanted) && version[wanted.size()] == '.');
}

bool same_platform(const Platform& wanted, const Platform& have) {
  const Platform a = wanted.normalized();
  const Platform b = have.normalized();
  return a.os == b.os && a.architecture == b.architecture && a.variant == b.variant &&
         version_within(b.os_version, a.os_version) &&
         (a.os_features.empty() || a.os_features == b.os_features);
}

}  // namespace ocimux
