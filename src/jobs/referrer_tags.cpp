#include "jobs/referrer_tags.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace ocimux {
namespace {

constexpr std::string_view tag_start = "sha256-";
constexpr std::size_t hex_digits = 64;

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::optional<Digest> fallback_subject(std::string_view tag) {
  if (!tag.starts_with(tag_start)) return std::nullopt;
  tag.remove_prefix(tag_start.size());
  if (tag.size() != hex_digits || !std::all_of(tag.begin(), tag.end(), is_hex_digit)) {
    return std::nullopt;
  }
  return Digest::parse("sha256:" + std::string(tag));
}

std::optional<Digest> cosign_subject(std::string_view tag) {
  constexpr std::array<std::string_view, 3> kinds{".sig", ".att", ".sbom"};
  for (const std::string_view kind : kinds) {
    if (tag.ends_with(kind)) return fallback_subject(tag.substr(0, tag.size() - kind.size()));
  }
  return std::nullopt;
}

}  // namespace ocimux
