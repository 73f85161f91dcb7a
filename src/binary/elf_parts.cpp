#include "binary/elf.hpp"

#include <algorithm>

namespace ocimux {

std::optional<ElfHeader> ElfHeader::read(const Content& content) {
  const Fields ident(content.front());
  const std::uint8_t width = ident.u8(4);
  const std::uint8_t data = ident.u8(5);
  if (width < 1 || width > 2 || data < 1 || data > 2) return {};
  ElfHeader header{.wide = width == 2,
                   .order = data == 2 ? ByteOrder::big : ByteOrder::little,
                   .osabi = ident.u8(7)};
  const std::size_t size = header.wide ? 64 : 52;
  const Fields fields = Fields(content.front(), header.order).part(0, size);
  if (fields.size() < size) return {};
  header.type = fields.u16(16);
  header.machine = fields.u16(18);
  header.entry = header.wide ? fields.u64(24) : fields.u32(24);
  header.segments_offset = header.wide ? fields.u64(32) : fields.u32(28);
  header.sections_offset = header.wide ? fields.u64(40) : fields.u32(32);
  const std::size_t rest = header.wide ? 48 : 36;
  header.flags = fields.u32(rest);
  header.segments_count = fields.u16(rest + 8);
  header.sections_count = fields.u16(rest + 12);
  header.names_section = fields.u16(rest + 14);
  return header;
}

std::vector<ElfPart> elf_segments(const Content& content, const ElfHeader& header) {
  const std::size_t step = header.wide ? 56 : 32;
  const Piece table =
      content.piece(header.segments_offset, step * header.segments_count, header.order);
  std::vector<ElfPart> parts;
  for (std::size_t at = 0; at + step <= table.size(); at += step) {
    parts.push_back({.type = table.u32(at),
                     .offset = header.wide ? table.u64(at + 8) : table.u32(at + 4),
                     .size = header.wide ? table.u64(at + 32) : table.u32(at + 16),
                     .alignment = header.wide ? table.u64(at + 48) : table.u32(at + 28)});
  }
  return parts;
}

std::vector<ElfPart> elf_sections(const Content& content, const ElfHeader& header) {
  const std::size_t step = header.wide ? 64 : 40;
  const Piece table =
      content.piece(header.sections_offset, step * header.sections_count, header.order);
  std::vector<ElfPart> parts;
  for (std::size_t at = 0; at + step <= table.size(); at += step) {
    parts.push_back({.name = table.u32(at),
                     .type = table.u32(at + 4),
                     .offset = header.wide ? table.u64(at + 24) : table.u32(at + 16),
                     .size = header.wide ? table.u64(at + 32) : table.u32(at + 20)});
  }
  return parts;
}

}  // namespace ocimux
