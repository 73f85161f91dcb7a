#include "source/reference.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"

#include <array>
#include <utility>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using Kind = LocalReference::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 6> prefixes{{
    {"oci:", Kind::layout},
    {"ocidir://", Kind::layout},
    {"oci-layout://", Kind::layout},
    {"oci-archive:", Kind::oci_archive},
    {"docker-archive:", Kind::docker_archive},
    {"rootfs:", Kind::rootfs},
}};

bool is_something(std::string_view path) { return !path.empty() && is_there(fs::path(path)); }

void take_tag_and_digest(std::string_view rest, LocalReference& reference) {
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    try {
      reference.digest = Digest::parse(rest.substr(at + 1));
    } catch (const Error& error) {
      throw Error(Errc::invalid_argument, error.what());  // what was typed is wrong, no content
    }
    rest = rest.substr(0, at);
  }
  if (!rest.starts_with(':')) return;
  reference.tag = rest.substr(1);
  if (reference.tag.empty()) {
    throw Error(Errc::invalid_argument,
                reference.path.string() + ":: expected a tag behind ':', found none");
  }
}

}  // namespace

LocalReference LocalReference::parse(std::string_view text) {
  if (text.starts_with("docker://")) {
    throw Error(Errc::invalid_argument,
                std::string(text) + ": expected something on this machine, found a registry",
                "ocimux pull " + std::string(text) + " -o DIR brings it here");
  }
  LocalReference reference;
  for (const auto& [prefix, kind] : prefixes) {
    if (!text.starts_with(prefix)) continue;
    reference.kind = kind;
    text.remove_prefix(prefix.size());
    break;
  }
  // From the right, so that colons in the names of files and directories are no trouble.
  for (std::size_t end = text.size(); end != std::string_view::npos && end != 0;
       end = text.find_last_of(":@", end - 1)) {
    if (!is_something(text.substr(0, end))) continue;
    reference.path = text.substr(0, end);
    take_tag_and_digest(text.substr(end), reference);
    return reference;
  }
  throw Error(Errc::not_found, std::string(text) + ": expected a file or directory, found none");
}

}  // namespace ocimux
