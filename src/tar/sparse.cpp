#include "tar/sparse.hpp"

namespace ocimux {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::size_t type_offset = 156;
constexpr char type_with_holes = 'S';  // GNU tar's old format
constexpr std::size_t magic_offset = 257;
constexpr std::string_view magic = "ustar";
constexpr std::string_view gnu_magic("ustar  ", 8);
constexpr std::size_t map_offset = 386;   // of the map: where the first piece of content stands
constexpr std::size_t size_offset = 483;  // of the size with the holes
constexpr std::string_view pax_keys = "GNU.sparse.";  // GNU tar's formats 0.0, 0.1 and 1.0

}  // namespace

// A name that looks like it costs no more than that the content is read through libarchive.
bool headers_say_sparse(std::string_view headers) {
  for (std::size_t at = type_offset; at < headers.size(); at += block_size) {
    if (headers[at] == type_with_holes) return true;
  }
  return headers.size() > block_size && headers.find(pax_keys) != std::string_view::npos;
}

bool holes_against_type(std::string_view headers) {
  for (; headers.size() >= block_size; headers.remove_prefix(block_size)) {
    const std::string_view found = headers.substr(magic_offset, gnu_magic.size());
    if (!found.starts_with(magic)) continue;
    const bool gnu = found == gnu_magic;
    const bool map = gnu && headers[map_offset] != '\0';
    const bool size = gnu && headers[size_offset] != '\0';
    if (headers[type_offset] == type_with_holes ? !map || !size : map || size) return true;
  }
  return false;
}

}  // namespace ocimux
