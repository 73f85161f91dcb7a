#include "jobs/names.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/image_name.hpp>
#include <ocimux/spec/selector.hpp>

#include "registry/reference.hpp"
#include "source/image_store.hpp"
#include "spec/windows_version.hpp"

#include <algorithm>
#include <utility>

namespace ocimux {
namespace {

constexpr std::size_t longest_name = 255;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// distribution-spec: runs of [a-z0-9] joined by '.', '_', '__' or dashes.
bool is_component(std::string_view part) {
  if (part.empty() || !is_lower_or_digit(part.front()) || !is_lower_or_digit(part.back())) {
    return false;
  }
  for (std::size_t i = 0; i < part.size();) {
    const std::size_t end = std::min(part.find_first_of("._-", i), part.size());
    if (!std::all_of(part.begin() + static_cast<std::ptrdiff_t>(i),
                     part.begin() + static_cast<std::ptrdiff_t>(end), is_lower_or_digit)) {
      return false;
    }
    const std::size_t next = std::min(part.find_first_not_of("._-", end), part.size());
    const std::string_view joint = part.substr(end, next - end);
    const bool dashes = joint.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && joint != "." && joint != "_" && joint != "__") return false;
    i = next;
  }
  return true;
}

bool is_host(std::string_view part) {
  return part == "localhost" || part.find('.') != std::string_view::npos ||
         part.find(':') != std::string_view::npos;
}

/// Whether push could go there: a name or an address, and perhaps a port.
bool is_registry(std::string_view host) {
  try {
    static_cast<void>(Reference::parse(std::string(host) + "/repository"));
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool is_repository(std::string_view name) {
  if (name.empty() || name.size() > longest_name) return false;
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos && is_host(name.substr(0, slash))) {
    if (!is_registry(name.substr(0, slash))) return false;
    name.remove_prefix(slash + 1);
  }
  for (;;) {
    const std::size_t end = name.find('/');
    if (!is_component(name.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    name.remove_prefix(end + 1);
  }
}

std::string annotation_of(const Descriptor& descriptor, std::string_view key) {
  const auto found = descriptor.annotations.find(std::string(key));
  return found == descriptor.annotations.end() ? std::string() : found->second;
}

}  // namespace

ImageName ImageName::parse(std::string_view text) {
  const auto wrong = [&](const char* expected) {
    return Error(Errc::invalid_argument,
                 std::string("expected ") + expected + ", found '" + std::string(text) + "'",
                 "for example main, or velero/velero:main");
  };
  const std::size_t slash = text.rfind('/');
  const std::size_t colon = text.rfind(':');
  const bool tagged =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  const bool bare = slash == std::string_view::npos && !tagged;
  ImageName name{std::string(bare ? text : tagged ? text.substr(colon + 1) : "latest")};
  if (!is_tag(name.tag)) {
    throw wrong(
        "a tag of at most 128 letters, digits, '.', '_' and '-', not beginning with '.' "
        "or '-'");
  }
  if (bare) return name;
  const std::string_view repository = tagged ? text.substr(0, colon) : text;
  if (!is_repository(repository)) throw wrong("a name in small letters, [HOST[:PORT]/]REPO:TAG");
  name.full = normalized_image_name(std::string(repository) + ":" + name.tag);
  return name;
}

ImageName ImageName::with_suffix(const std::string& suffix) const {
  ImageName name = *this;
  name.tag += "-" + suffix;
  if (!full.empty()) name.full += "-" + suffix;
  if (!is_tag(name.tag)) {
    throw Error(
        Errc::invalid_argument,
        "expected a tag of at most 128 characters for each platform, found '" + name.tag + "'");
  }
  return name;
}

std::string platform_suffix(const Platform& platform, const std::string& windows_name) {
  std::string suffix = platform.os;
  if (platform.os == "windows" && !platform.os_version.empty()) {
    std::string version = windows_name;
    // The name in the file's name stays as its build wrote it, if it names this version.
    if (version.empty() || !version_within(platform.os_version, windows_os_version(version))) {
      version = windows_release_name(platform.os_version);
    }
    suffix += "-" + (version.empty() ? platform.os_version : version);
  }
  suffix += "-" + platform.architecture;
  if (!platform.variant.empty()) suffix += "-" + platform.variant;
  return suffix;
}

bool is_same_name(const ImageName& a, const ImageName& b) {
  return a.full.empty() || b.full.empty() ? a.tag == b.tag : a.full == b.full;
}

std::optional<ImageName> name_of(const Descriptor& descriptor) {
  std::string tag = tag_of(descriptor);
  if (tag.empty() || tag.find('@') != std::string::npos) return std::nullopt;
  std::string full = annotation_of(descriptor, annotation::image_name);
  if (full.empty()) {
    // skopeo and buildah write a full name where others write the tag; containerd reads it so.
    const std::string reference = annotation_of(descriptor, annotation::ref_name);
    if (reference.find_first_of("/:") != std::string::npos) full = reference;
  }
  if (!full.empty()) full = normalized_image_name(full);
  return ImageName{std::move(tag), std::move(full)};
}

bool has_name(const Descriptor& descriptor, const ImageName& name) {
  const std::optional<ImageName> has = name_of(descriptor);
  return has && is_same_name(*has, name);
}

Descriptor named(Descriptor descriptor, const ImageName& name) {
  descriptor.annotations[std::string(annotation::ref_name)] = name.tag;
  if (!name.full.empty()) {
    descriptor.annotations[std::string(annotation::image_name)] = name.full;
  }
  return descriptor;
}

}  // namespace ocimux
