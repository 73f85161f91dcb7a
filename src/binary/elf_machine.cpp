#include "binary/elf_machine.hpp"

#include "binary/formats.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

constexpr std::uint16_t mips = 8;
constexpr std::uint32_t mips_n32 = 0x20;  // EF_MIPS_ABI2

/// The architecture of a machine by width and byte order; empty where nobody names one.
struct Machine {
  std::uint16_t number;
  std::string_view little_32;
  std::string_view big_32;
  std::string_view little_64;
  std::string_view big_64;
  std::string_view name = {};
};

constexpr std::array<Machine, 20> machines{{
    {2, "", "sparc", "", ""},
    {3, "386", "", "", ""},
    {4, "", "", "", "", "m68k"},
    {mips, "mipsle", "mips", "mips64le", "mips64"},
    {15, "", "", "", "", "parisc"},
    {18, "", "sparc", "", ""},
    {20, "", "ppc", "", ""},
    {21, "", "", "ppc64le", "ppc64"},
    {22, "", "s390", "", "s390x"},
    {ElfHeader::arm, "arm", "armbe", "", ""},
    {42, "", "", "", "", "sh"},
    {43, "", "", "", "sparc64"},
    {50, "", "", "", "", "ia64"},
    {ElfHeader::x86_64, "", "", "amd64", "", "x32"},
    {94, "", "", "", "", "xtensa"},
    {164, "", "", "", "", "hexagon"},
    {183, "", "", "arm64", "arm64be", "arm64 with 32-bit pointers"},
    {243, "riscv", "", "riscv64", ""},
    {258, "", "", "loong64", "", "loong32"},
    {0x9026, "", "", "", "", "alpha"},
}};

std::string_view architecture_of(const Machine& machine, const ElfHeader& header) {
  if (machine.number == mips && (header.flags & mips_n32) != 0) return {};
  if (header.wide) return header.order == ByteOrder::big ? machine.big_64 : machine.little_64;
  return header.order == ByteOrder::big ? machine.big_32 : machine.little_32;
}

}  // namespace

void set_elf_machine(Executable& executable, const ElfHeader& header) {
  const auto* found = std::find_if(machines.begin(), machines.end(), [&](const Machine& machine) {
    return machine.number == header.machine;
  });
  if (found != machines.end()) executable.architecture = architecture_of(*found, header);
  if (!executable.architecture.empty()) return;
  if (header.machine == mips && !header.wide) {
    executable.machine = "mips n32";
  } else if (found != machines.end() && !found->name.empty()) {
    executable.machine = found->name;
  } else {
    executable.machine = unknown_machine(header.machine);
  }
}

}  // namespace ocimux
