// The version resource of a PE file. Source: Microsoft's "PE Format" (the .rsrc section) and
// "VS_VERSIONINFO structure".
#include "binary/pe.hpp"

namespace ocimux {
namespace {

constexpr ByteOrder order = ByteOrder::little;
constexpr std::uint32_t version_type = 16;
constexpr std::uint32_t is_table = 0x80000000;

enum class Wanted { version, first };

// What a table of resources, @p at bytes from the start of them all, says of the wanted entry:
// where that is, and in the highest bit whether it is a table again.
std::optional<std::uint32_t> entry_of(const Content& content, std::uint64_t resources,
                                      std::uint32_t at, Wanted wanted) {
  const Piece header = content.piece(resources + at, 16, order);
  const std::uint64_t count = std::uint64_t{header.u16(12)} + header.u16(14);
  const Piece entries = content.piece(resources + at + 16, 8 * count, order);
  for (std::size_t entry = 0; entry + 8 <= entries.size(); entry += 8) {
    if (wanted == Wanted::first || entries.u32(entry) == version_type) {
      return entries.u32(entry + 4);
    }
  }
  return {};
}

// The three levels of the tree: type, name, language.
std::optional<std::uint32_t> find_data_entry(const Content& content, std::uint64_t resources) {
  std::uint32_t at = is_table;
  for (const Wanted wanted : {Wanted::version, Wanted::first, Wanted::first}) {
    if ((at & is_table) == 0) return {};
    const auto entry = entry_of(content, resources, at & ~is_table, wanted);
    if (!entry) return {};
    at = *entry;
  }
  if ((at & is_table) != 0) return {};
  return at;
}

std::optional<std::string> fixed_version(const Fields& resource) {
  // Three words, the key "VS_VERSION_INFO" in UTF-16, and up to the next multiple of four.
  constexpr std::size_t fixed = 40;
  if (resource.size() < fixed + 16 || resource.u32(fixed) != 0xfeef04bd) return {};
  std::string version;
  for (const std::size_t at : {fixed + 10, fixed + 8, fixed + 14, fixed + 12}) {
    if (!version.empty()) version += '.';
    version += std::to_string(resource.u16(at));
  }
  return version;
}

}  // namespace

std::optional<std::string> pe_file_version(const ReadAt& read, std::int64_t size) {
  const Content content(read, size);
  if (Fields(content.front()).text(0, 2) != "MZ") return {};
  const std::optional<PeHeaders> headers = PeHeaders::read(content);
  if (!headers) return {};
  const PeHeaders::Range range = headers->directory(PeHeaders::resources);
  if (range.size == 0) return {};
  const auto resources = headers->offset_of(content, range.address);
  if (!resources) return {};
  const auto entry = find_data_entry(content, *resources);
  if (!entry) return {};
  const std::uint32_t address = content.piece(*resources + *entry, 16, order).u32(0);
  const auto offset = headers->offset_of(content, address);
  if (!offset) return {};
  return fixed_version(content.piece(*offset, 64, order));
}

}  // namespace ocimux
