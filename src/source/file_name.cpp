#include "source/file_name.hpp"

#include <ocimux/base/error.hpp>

#include "spec/letter_case.hpp"
#include "spec/windows_version.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace ocimux {
namespace {

constexpr std::array<std::string_view, 15> suffixes{
    ".tar", ".gz",   ".tgz", ".zst", ".zstd",   ".tzst",        ".xz", ".txz",
    ".bz2", ".tbz2", ".tbz", ".oci", ".docker", ".oci-archive", ".img"};

std::string_view without_suffixes(std::string_view name) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view suffix : suffixes) {
      if (name.size() > suffix.size() &&
          lower(name.substr(name.size() - suffix.size())) == suffix) {
        name.remove_suffix(suffix.size());
        again = true;
      }
    }
  }
  return name;
}

using Parts = std::vector<std::string>;

Parts split(std::string_view name) {
  Parts parts;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find_first_of("-_."), name.size());
    parts.emplace_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  // x86_64 is one word, but its underscore separates.
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i] == "x86" && parts[i + 1] == "64") {
      parts[i] = "x86_64";
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
  return parts;
}

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool is_variant(const std::string& text) {
  return text.size() >= 2 && (text[0] == 'v' || text[0] == 'V') && is_number(text.substr(1));
}

bool is_plain_arm(std::string_view text) {
  return text.size() == 3 &&
         Platform{"linux", std::string(text)}.normalized().architecture == "arm";
}

std::string join(const Parts& parts, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += (i == begin ? "" : ".") + parts[i];
  return text;
}

// The parts from the operating system's on: os [os version] architecture [variant].
std::optional<NamedPlatform> read(const Parts& parts, std::size_t os) {
  std::size_t end = parts.size();
  std::string variant;
  if (end > os + 2 && is_variant(parts[end - 1])) variant = parts[--end];
  const std::size_t architecture = end - 1;
  if (architecture <= os || !is_known_architecture(parts[architecture])) return std::nullopt;

  NamedPlatform named{Platform{parts[os], parts[architecture], variant}.normalized()};
  // `app.js-amd64.tar` is a package for JavaScript; Go's js runs nowhere but on wasm.
  if (named.platform.os == "js" && named.platform.architecture != "wasm") return std::nullopt;
  // A name that says just `arm` says nothing of the variant, so it contradicts none.
  if (variant.empty() && is_plain_arm(parts[architecture])) named.platform.variant.clear();
  if (architecture == os + 1) return named;
  // Between them stands a version: of Windows by name, or in numbers.
  if (named.platform.os != "windows") return std::nullopt;
  const std::string version = join(parts, os + 1, architecture);
  named.platform.os_version = windows_os_version(version);
  if (!named.platform.os_version.empty()) {
    named.windows_name = version;
    return named;
  }
  // A version is major.minor.build at least: the 10 of `windows-10-amd64` is none.
  constexpr std::size_t fewest_numbers = 3;
  if (architecture - os - 1 < fewest_numbers ||
      !std::all_of(parts.begin() + static_cast<std::ptrdiff_t>(os) + 1,
                   parts.begin() + static_cast<std::ptrdiff_t>(architecture), is_number)) {
    return std::nullopt;
  }
  named.platform.os_version = version;
  return named;
}

}  // namespace

std::optional<NamedPlatform> platform_in_name(std::string_view file_name) {
  const Parts parts = split(without_suffixes(file_name));
  for (std::size_t os = parts.size(); os-- > 0;) {
    if (!is_known_os(parts[os])) continue;
    if (auto named = read(parts, os)) return named;
  }
  return std::nullopt;
}

std::optional<Platform> platform_of_directory(std::string_view name) {
  std::string text(name);
  std::replace(text.begin(), text.end(), '_', '/');
  if (text.find('/') == std::string::npos) return std::nullopt;
  if (const std::size_t at = text.find("/x86/64"); at != std::string::npos) text[at + 4] = '_';
  try {
    return Platform::parse(text);
  } catch (const Error&) {
    return std::nullopt;  // a name like any other
  }
}

}  // namespace ocimux
