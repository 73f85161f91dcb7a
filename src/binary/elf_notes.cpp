// Sources: the ELF specification's notes; "Linux Extensions to gABI" and the x86-64 psABI for
// properties; the BSDs' own elf_common.h for their names.
#include "binary/elf.hpp"

#include <array>

namespace ocimux {
namespace {

constexpr std::uint32_t gnu_property = 5;
constexpr std::uint32_t x86_isa_1_needed = 0xc0008002;

std::uint64_t rounded_up(std::uint64_t size, std::uint64_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

std::string_view os_of(std::string_view owner, std::uint32_t type, const Fields& content) {
  if (type != 1) return {};  // the ABI tag, at all of them
  if (owner == "NetBSD") return "netbsd";
  if (owner == "OpenBSD") return "openbsd";
  if (owner == "FreeBSD") return "freebsd";
  if (owner == "DragonFly") return "dragonfly";
  if (owner != "GNU" || content.size() < 16) return {};
  constexpr std::array<std::string_view, 4> systems{"linux", "hurd", "solaris", "freebsd"};
  const std::uint32_t system = content.u32(0);
  return system < systems.size() ? systems[system] : std::string_view();
}

std::uint32_t x86_needed_of(const Fields& properties, bool wide) {
  std::uint32_t needed = 0;
  for (std::uint64_t at = 0; at + 8 <= properties.size();) {
    const std::uint32_t size = properties.u32(at + 4);
    if (properties.u32(at) == x86_isa_1_needed && size == 4) needed |= properties.u32(at + 8);
    at += 8 + rounded_up(size, wide ? 8 : 4);
  }
  return needed;
}

}  // namespace

void ElfNotes::add(const Fields& notes, std::uint64_t alignment, bool wide) {
  const std::uint64_t unit = alignment == 8 ? 8 : 4;
  for (std::uint64_t at = 0; at + 12 <= notes.size();) {
    const std::uint64_t content_at = at + rounded_up(12 + std::uint64_t{notes.u32(at)}, unit);
    const std::uint32_t size = notes.u32(at + 4);
    const std::uint32_t type = notes.u32(at + 8);
    if (content_at > notes.size()) return;
    const Fields content = notes.part(content_at, size);
    const std::string_view owner = notes.part(at + 12, notes.u32(at)).text(0);
    if (os.empty()) os = os_of(owner, type, content);
    if (owner == "Go" && type == 4) go = true;
    if (owner == "GNU" && type == gnu_property) x86_needed |= x86_needed_of(content, wide);
    at = content_at + rounded_up(size, unit);
  }
}

}  // namespace ocimux
