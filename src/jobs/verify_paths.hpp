#pragma once

#include "spec/whiteout.hpp"
#include "tar/path.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ocimux {

/// The names that AUFS knows of its own, which engines pass over; the first is the marker of an
/// opaque directory.
inline constexpr std::array<std::string_view, 4> special_whiteouts{opaque_marker, ".wh..wh.plnk",
                                                                   ".wh..wh.aufs", ".wh..wh.orph"};

inline std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

/// Whether a part of @p name is `..`.
inline bool climbs(std::string_view name) {
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('/'));
    if (part == "..") return true;
    name.remove_prefix(std::min(part.size() + 1, name.size()));
  }
  return false;
}

/// The path that @p name, of an entry or of what a hard link leads to, is inside a root.
inline std::string name_inside(std::string_view name) {
  return member_path(name.substr(std::min(name.find_first_not_of('/'), name.size())));
}

/// A hash (FNV-1a) unlike std::hash: two paths that share both are the same by no accident.
inline std::uint64_t second_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

/// Says in @p found how many of @p count there are besides the @p told ones.
inline void tell_rest(std::size_t count, std::size_t told, std::string& found) {
  if (count > told) found += " (and " + std::to_string(count - told) + " more in this layer)";
}

}  // namespace ocimux
