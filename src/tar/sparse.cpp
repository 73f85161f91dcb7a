#include "tar/sparse.hpp"

#include "io/memory.hpp"

#include <string>
#include <string_view>

namespace ocimux {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::size_t type_offset = 156;
constexpr std::string_view pax_keys = "GNU.sparse.";  // GNU tar's formats 0.0, 0.1 and 1.0

}  // namespace

// A name that looks like it costs no more than that the content is read through libarchive.
bool headers_say_sparse(const File& file, std::int64_t begin, std::int64_t end) {
  std::string headers(static_cast<std::size_t>(end - begin), '\0');
  headers.resize(file.read_at(std::as_writable_bytes(std::span(headers)), begin));
  for (std::size_t at = type_offset; at < headers.size(); at += block_size) {
    if (headers[at] == 'S') return true;  // GNU tar's old format
  }
  return headers.size() > block_size && headers.find(pax_keys) != std::string::npos;
}

}  // namespace ocimux
