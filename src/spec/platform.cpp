#include <ocimux/spec/platform.hpp>

#include <ocimux/base/error.hpp>

#include "spec/letter_case.hpp"
#include "spec/windows_version.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace ocimux {
namespace {

constexpr std::array<std::string_view, 17> known_oses{
    "aix",  "android", "darwin",  "dragonfly", "freebsd", "illumos", "ios",     "js", "linux",
    "nacl", "netbsd",  "openbsd", "plan9",     "solaris", "wasip1",  "windows", "zos"};

constexpr std::array<std::string_view, 22> known_architectures{
    "386",    "amd64",  "arm",      "arm64", "armbe",   "arm64be", "loong64", "mips",
    "mipsle", "mips64", "mips64le", "ppc",   "ppc64",   "ppc64le", "riscv",   "riscv64",
    "s390",   "s390x",  "sparc",    "wasm",  "sparc64", "amd64p32"};

struct ArchitectureAlias {
  std::string_view name;
  std::string_view architecture;
  std::string_view variant;
};

// containerd's aliases first, then what uname, Debian and Docker Hub's user names say.
constexpr std::array<ArchitectureAlias, 30> aliases{{
    {"i386", "386", ""},          {"x86_64", "amd64", ""},
    {"x86-64", "amd64", ""},      {"aarch64", "arm64", ""},
    {"armhf", "arm", "v7"},       {"armel", "arm", "v6"},
    {"i486", "386", ""},          {"i586", "386", ""},
    {"i686", "386", ""},          {"x86", "386", ""},
    {"x64", "amd64", ""},         {"amd64v1", "amd64", ""},
    {"amd64v2", "amd64", "v2"},   {"amd64v3", "amd64", "v3"},
    {"amd64v4", "amd64", "v4"},   {"arm64v8", "arm64", ""},
    {"armv8", "arm64", ""},       {"arm64v9", "arm64", "v9"},
    {"arm32v5", "arm", "v5"},     {"arm32v6", "arm", "v6"},
    {"arm32v7", "arm", "v7"},     {"armv5", "arm", "v5"},
    {"armv6", "arm", "v6"},       {"armv7", "arm", "v7"},
    {"armv6l", "arm", "v6"},      {"armv7l", "arm", "v7"},
    {"ppc64el", "ppc64le", ""},   {"powerpc64le", "ppc64le", ""},
    {"mips64el", "mips64le", ""}, {"loongarch64", "loong64", ""},
}};

std::string_view cut(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

void normalize_arm(Platform& platform) {
  std::string& variant = platform.variant;
  if (variant.size() == 1 && variant[0] >= '5' && variant[0] <= '8') variant.insert(0, "v");
  if (variant.empty()) variant = "v7";
}

void normalize_arm64(std::string& variant) {
  if (variant == "8" || variant == "v8" || variant == "v8.0" || variant == "8.0") variant.clear();
  if (variant == "9" || variant == "9.0" || variant == "v9.0") variant = "v9";
}

const ArchitectureAlias* find_alias(std::string_view name) {
  const auto* found = std::find_if(aliases.begin(), aliases.end(),
                                   [&](const auto& alias) { return alias.name == name; });
  return found == aliases.end() ? nullptr : found;
}

/// The text of one platform, taken apart; nothing where the text has no such part at all.
struct Parts {
  std::string_view os;
  std::optional<std::string_view> os_version = {};
  std::string_view architecture = {};
  std::optional<std::string_view> variant = {};
};

Parts take_apart(std::string_view text) {
  Parts parts;
  if (const std::size_t comma = text.find(",osver="); comma != std::string_view::npos) {
    parts.os_version = text.substr(comma + 7);
    text = text.substr(0, comma);
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    parts.os_version = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  const auto slashes = std::count(text.begin(), text.end(), '/');
  parts.os = cut(text, '/');
  parts.architecture = cut(text, '/');
  if (slashes > 1) parts.variant = text;
  if (parts.os.ends_with(')') && !parts.os_version) {
    const std::size_t open = parts.os.find('(');
    if (open != std::string_view::npos) {
      parts.os_version = parts.os.substr(open + 1, parts.os.size() - open - 2);
      parts.os = parts.os.substr(0, open);
    }
  }
  return parts;
}

Error malformed(std::string_view text, const std::string& found) {
  return Error(Errc::invalid_argument,
               "expected a platform (os/arch[/variant][:os.version]), found '" + std::string(text) +
                   "': " + found,
               "for example linux/amd64, linux/arm/v7 or windows/amd64:10.0.20348");
}

// Reads `version[+feature]…`; where there is a feature, the version may be missing.
void take_version(std::string_view text, std::string_view version, Platform& platform) {
  const std::size_t plus = version.find('+');
  platform.os_version = version.substr(0, plus);
  if (!is_word(platform.os_version) && plus != 0) {
    throw malformed(text, "'" + platform.os_version + "' is no os.version");
  }
  for (std::size_t at = plus; at != std::string_view::npos; at = version.find('+', at + 1)) {
    const std::string_view feature = version.substr(at + 1, version.find('+', at + 1) - at - 1);
    if (!is_word(feature)) throw malformed(text, "'" + std::string(feature) + "' is no feature");
    platform.os_features.emplace_back(feature);
  }
}

}  // namespace

bool is_known_os(std::string_view name) {
  const std::string wanted = lower(name);
  return wanted == "macos" ||
         std::find(known_oses.begin(), known_oses.end(), wanted) != known_oses.end();
}

bool is_known_architecture(std::string_view name) {
  const std::string wanted = lower(name);
  return find_alias(wanted) != nullptr ||
         std::find(known_architectures.begin(), known_architectures.end(), wanted) !=
             known_architectures.end();
}

Platform Platform::parse(std::string_view text) {
  const Parts parts = take_apart(text);
  if (!is_known_os(parts.os)) {
    throw malformed(text, "'" + std::string(parts.os) + "' is no operating system");
  }
  if (!is_known_architecture(parts.architecture)) {
    throw malformed(text, "'" + std::string(parts.architecture) + "' is no architecture");
  }
  if (parts.variant && !is_word(*parts.variant)) {
    throw malformed(text, "'" + std::string(*parts.variant) + "' is no variant");
  }
  Platform platform{std::string(parts.os), std::string(parts.architecture),
                    std::string(parts.variant.value_or(""))};
  if (parts.os_version) take_version(text, *parts.os_version, platform);
  platform = platform.normalized();
  if (platform.os == "windows") {
    const std::string known = windows_os_version(platform.os_version);
    if (!known.empty()) platform.os_version = known;
  }
  return platform;
}

Platform Platform::normalized() const {
  Platform platform = *this;
  platform.os = lower(os) == "macos" ? "darwin" : lower(os);
  platform.architecture = lower(architecture);
  platform.variant = lower(variant);
  if (const ArchitectureAlias* alias = find_alias(platform.architecture)) {
    platform.architecture = alias->architecture;
    if (!alias->variant.empty()) platform.variant = alias->variant;
  }
  if (platform.architecture == "386") platform.variant.clear();
  if (platform.architecture == "amd64" && platform.variant == "v1") platform.variant.clear();
  if (platform.architecture == "arm") normalize_arm(platform);
  if (platform.architecture == "arm64") normalize_arm64(platform.variant);
  std::sort(platform.os_features.begin(), platform.os_features.end());
  platform.os_features.erase(std::unique(platform.os_features.begin(), platform.os_features.end()),
                             platform.os_features.end());
  return platform;
}

std::string Platform::string() const {
  std::string text = os + "/" + architecture;
  if (!variant.empty()) text += "/" + variant;
  if (!os_version.empty()) text += ":" + os_version;
  return text;
}

std::strong_ordering index_order(const Platform& a, const Platform& b) {
  if (a.unknown() != b.unknown()) {
    return a.unknown() ? std::strong_ordering::greater : std::strong_ordering::less;
  }
  if (const auto order = a.os <=> b.os; order != 0) return order;
  if (const auto order = a.architecture <=> b.architecture; order != 0) return order;
  if (const auto order = a.variant <=> b.variant; order != 0) return order;
  if (const int order = compare_versions(b.os_version, a.os_version); order != 0)
    return order <=> 0;
  return a.os_features <=> b.os_features;
}

}  // namespace ocimux
