#include "binary/elf.hpp"

#include "binary/elf_machine.hpp"
#include "binary/formats.hpp"

#include <algorithm>

namespace ocimux {
namespace {

enum SegmentType : std::uint32_t {
  segment_dynamic = 2,
  segment_interpreter = 3,
  segment_note = 4,
  segment_gnu_property = 0x6474e553,
};

constexpr std::uint32_t section_arm_attributes = 0x70000003;

// Real files have one to four; each might cost a read.
constexpr int most_note_segments = 16;

std::string_view os_of(std::uint8_t osabi) {
  switch (osabi) {
    case 0:
    case 3:
    case 97: return "linux";  // none (so does nearly all of Linux), GNU, old ARM
    case 1: return "hpux";
    case 2: return "netbsd";
    case 4: return "hurd";
    case 6: return "solaris";
    case 7: return "aix";
    case 8: return "irix";
    case 9: return "freebsd";
    case 12: return "openbsd";
    default: return "";
  }
}

const ElfPart* find_type(const std::vector<ElfPart>& parts, std::uint32_t type) {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const ElfPart& part) { return part.type == type; });
  return found == parts.end() ? nullptr : &*found;
}

// In files of debugging information alone this segment has no content of its own.
std::string interpreter_at(const Content& content, const ElfPart& part, ByteOrder order) {
  const Piece piece = content.piece(part.offset, std::min<std::uint64_t>(part.size, 4096), order);
  const std::string_view path = piece.text(0);
  const bool plausible = path.starts_with('/') && std::all_of(path.begin(), path.end(), [](char c) {
                           return c > ' ' && c < '\x7f';
                         });
  return plausible ? std::string(path) : std::string();
}

// Whether a shared object that names no interpreter can be started: a static position-independent
// program can. Older linkers give libraries an entry point too, but libraries have a name.
bool is_static_program(const Content& content, const ElfHeader& header, const ElfPart* dynamic) {
  if (header.entry == 0) return false;
  if (dynamic == nullptr) return true;
  constexpr std::uint64_t soname = 14;
  constexpr std::uint64_t flags_1 = 0x6ffffffb;
  constexpr std::uint64_t pie = 0x08000000;
  const Piece table = content.piece(dynamic->offset, dynamic->size, header.order);
  const std::size_t step = header.wide ? 16 : 8;
  bool named = false;
  for (std::size_t at = 0; at + step <= table.size(); at += step) {
    const std::uint64_t tag = header.wide ? table.u64(at) : table.u32(at);
    const std::uint64_t value = header.wide ? table.u64(at + 8) : table.u32(at + 4);
    if (tag == 0) break;
    if (tag == soname) named = true;
    if (tag == flags_1 && (value & pie) != 0) return true;
  }
  return !named;
}

ElfNotes read_notes(const Content& content, const ElfHeader& header,
                    const std::vector<ElfPart>& segments) {
  ElfNotes notes;
  int left = most_note_segments;
  for (const ElfPart& segment : segments) {
    if (segment.type != segment_note && segment.type != segment_gnu_property) continue;
    if (left-- == 0) break;
    const Piece piece = content.piece(segment.offset, segment.size, header.order);
    notes.add(piece, segment.alignment, header.wide);
  }
  return notes;
}

std::string go_setting_of(const Content& content, const ElfHeader& header,
                          const std::vector<ElfPart>& sections, std::string_view setting) {
  if (header.names_section >= sections.size()) return {};
  const ElfPart& part = sections[header.names_section];
  const Piece names = content.piece(part.offset, part.size, header.order);
  const auto found = std::find_if(sections.begin(), sections.end(), [&](const ElfPart& section) {
    return names.text(section.name) == ".go.buildinfo";
  });
  if (found == sections.end()) return {};
  const Piece info = content.piece(found->offset, found->size, header.order);
  return std::string(go_setting(info, setting));
}

// The higher of what its C and its Go parts need.
std::string variant_of_arm(const Content& content, const ElfHeader& header) {
  const std::vector<ElfPart> sections = elf_sections(content, header);
  std::string variant;
  if (const ElfPart* part = find_type(sections, section_arm_attributes)) {
    variant = arm_variant(content.piece(part->offset, part->size, header.order));
  }
  const std::string level = go_setting_of(content, header, sections, "GOARM");  // `7,hardfloat`
  if (!level.empty() && level[0] >= '5' && level[0] <= '7') {
    variant = std::max(variant, "v" + level.substr(0, 1));
  }
  return variant;
}

std::string variant_of_x86(const Content& content, const ElfHeader& header, const ElfNotes& notes) {
  std::string variant;
  for (unsigned level = 2; level <= 4; ++level) {
    if ((notes.x86_needed >> (level - 1U) & 1U) != 0) variant = "v" + std::to_string(level);
  }
  if (!notes.go) return variant;
  const std::string level =
      go_setting_of(content, header, elf_sections(content, header), "GOAMD64");
  return level == "v2" || level == "v3" || level == "v4" ? std::max(variant, level) : variant;
}

}  // namespace

std::optional<Executable> read_elf(const Content& content) {
  const std::optional<ElfHeader> header = ElfHeader::read(content);
  if (!header) return {};
  if (header->type != ElfHeader::executable && header->type != ElfHeader::shared) return {};
  Executable executable{.format = Executable::Format::elf};
  set_elf_machine(executable, *header);

  const std::vector<ElfPart> segments = elf_segments(content, *header);
  const ElfPart* interpreter = find_type(segments, segment_interpreter);
  if (interpreter != nullptr) {
    executable.interpreter = interpreter_at(content, *interpreter, header->order);
  }
  executable.program = header->type == ElfHeader::executable || interpreter != nullptr ||
                       is_static_program(content, *header, find_type(segments, segment_dynamic));

  const ElfNotes notes = read_notes(content, *header, segments);
  executable.os = header->osabi == 0 && !notes.os.empty() ? notes.os : os_of(header->osabi);
  if (executable.architecture == "arm") executable.variant = variant_of_arm(content, *header);
  if (executable.architecture == "amd64") {
    executable.variant = variant_of_x86(content, *header, notes);
  }
  return executable;
}

}  // namespace ocimux
