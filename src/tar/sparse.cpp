#include "tar/sparse.hpp"

namespace ocimux {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::size_t type_offset = 156;
constexpr char type_with_holes = 'S';                 // GNU tar's old format
constexpr std::string_view pax_keys = "GNU.sparse.";  // GNU tar's formats 0.0, 0.1 and 1.0

}  // namespace

// A name that looks like it costs no more than that the content is read through libarchive.
bool headers_say_sparse(std::string_view headers) {
  for (std::size_t at = type_offset; at < headers.size(); at += block_size) {
    if (headers[at] == type_with_holes) return true;
  }
  return headers.size() > block_size && headers.find(pax_keys) != std::string_view::npos;
}

}  // namespace ocimux
