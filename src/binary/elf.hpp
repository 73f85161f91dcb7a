#pragma once

#include "binary/content.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// Numbers of an ELF file's header.
struct ElfHeader {
  enum Type : std::uint16_t { executable = 2, shared = 3 };
  enum Machine : std::uint16_t { arm = 40, x86_64 = 62 };

  bool wide = false;  ///< 64-bit
  ByteOrder order = ByteOrder::little;
  std::uint8_t osabi = 0;
  std::uint16_t type = 0;
  std::uint16_t machine = 0;
  std::uint32_t flags = 0;
  std::uint64_t entry = 0;
  std::uint64_t segments_offset = 0;
  std::uint16_t segments_count = 0;
  std::uint64_t sections_offset = 0;
  std::uint16_t sections_count = 0;
  std::uint16_t names_section = 0;

  static std::optional<ElfHeader> read(const Content& content);
};

/// A segment or a section.
struct ElfPart {
  std::uint32_t name = 0;  ///< of a section: where its name is among the names
  std::uint32_t type = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t alignment = 0;
};

std::vector<ElfPart> elf_segments(const Content& content, const ElfHeader& header);
std::vector<ElfPart> elf_sections(const Content& content, const ElfHeader& header);

/// What the notes of a file say, as far as it is of use here.
struct ElfNotes {
  std::string_view os = {};      ///< empty where none names one
  std::uint32_t x86_needed = 0;  ///< GNU_PROPERTY_X86_ISA_1_NEEDED
  bool go = false;               ///< made by Go's linker

  void add(const Fields& notes, std::uint64_t alignment, bool wide);
};

/// The least ARM variant whose processors run this, by its build attributes; empty where it has
/// none. @p attributes is the section .ARM.attributes.
std::string_view arm_variant(const Fields& attributes);

/// The value of a setting such as `GOARM` of the build that made a Go program; empty where it
/// tells none. @p build_info is the front of the section .go.buildinfo.
std::string_view go_setting(const Fields& build_info, std::string_view name);

}  // namespace ocimux
