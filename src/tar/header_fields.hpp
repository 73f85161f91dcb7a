#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ocimux {

/// A part of a tar header (POSIX.1-1988, and what GNU tar made of it), which is a block.
struct HeaderField {
  std::size_t offset;
  std::size_t width;

  [[nodiscard]] std::string_view of(std::string_view header) const {
    return header.substr(offset, width);
  }
};

inline constexpr std::size_t tar_block = 512;

/// The number in a field as libarchive reads it: octal digits up to what is none, or base 256.
std::int64_t header_number(std::string_view field);

/// Whether Go's archive/tar and libarchive read the same number in @p field of a header: octal
/// digits with spaces around and a NUL behind, or a sign and what fits 63 bits in base 256.
bool is_header_number(std::string_view field);
inline constexpr HeaderField mode_field{100, 8};
inline constexpr HeaderField uid_field{108, 8};
inline constexpr HeaderField gid_field{116, 8};
inline constexpr HeaderField size_field{124, 12};
inline constexpr HeaderField mtime_field{136, 12};
inline constexpr HeaderField type_field{156, 1};
inline constexpr HeaderField link_field{157, 100};
inline constexpr HeaderField magic_field{257, 8};  // with the version
inline constexpr HeaderField major_field{329, 8};
inline constexpr HeaderField minor_field{337, 8};
inline constexpr HeaderField prefix_field{345, 155};
inline constexpr HeaderField trailer_field{508, 4};  // star's
inline constexpr HeaderField star_access_time_field{476, 12};
inline constexpr HeaderField star_change_time_field{488, 12};
// GNU tar's, in the place of the prefix.
inline constexpr HeaderField access_time_field{345, 12};
inline constexpr HeaderField change_time_field{357, 12};
inline constexpr HeaderField map_field{386, 1};         // of holes: where the first content stands
inline constexpr HeaderField whole_size_field{483, 1};  // the size with the holes

inline constexpr char type_with_holes = 'S';  // GNU tar's old format

}  // namespace ocimux
