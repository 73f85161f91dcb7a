#include "binary/formats.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

constexpr std::uint32_t thin_32 = 0xfeedface;
constexpr std::uint32_t thin_64 = 0xfeedfacf;
constexpr std::uint32_t universal_32 = 0xcafebabe;  // a Java class begins so too
constexpr std::uint32_t universal_64 = 0xcafebabf;

// A Java class has its version in place of the count: 45 and up.
constexpr std::uint32_t most_architectures = 30;

struct Machine {
  std::uint32_t type;
  std::string_view architecture;
};

constexpr std::array<Machine, 6> machines{{{0x00000007, "386"},
                                           {0x01000007, "amd64"},
                                           {0x0000000c, "arm"},
                                           {0x0100000c, "arm64"},
                                           {0x00000012, "ppc"},
                                           {0x01000012, "ppc64"}}};

enum FileType : std::uint32_t {
  file_execute = 2,
  file_fvmlib = 3,
  file_dylib = 6,
  file_dylinker = 7,
  file_bundle = 8,
  file_kext = 11,
};

std::string_view arm_variant(std::uint32_t subtype) {
  switch (subtype & 0xffffffU) {  // the upper byte holds capabilities
    case 5:
    case 7: return "v5";
    case 6: return "v6";
    case 9:
    case 10:
    case 11:
    case 12: return "v7";
    case 13: return "v8";
    default: return "";
  }
}

void set_machine(Executable& executable, std::uint32_t type, std::uint32_t subtype) {
  const auto* found = std::find_if(machines.begin(), machines.end(),
                                   [&](const Machine& machine) { return machine.type == type; });
  if (found == machines.end()) {
    executable.machine = type == 0x0200000c ? "arm64 with 32-bit pointers" : unknown_machine(type);
    return;
  }
  executable.architecture = found->architecture;
  if (executable.architecture == "arm") executable.variant = arm_variant(subtype);
}

std::optional<Executable> read_thin(const Content& content, std::uint64_t offset) {
  const Piece big = content.piece(offset, 28, ByteOrder::big);
  if (big.size() < 28) return {};
  const auto is_magic = [](std::uint32_t magic) { return magic == thin_32 || magic == thin_64; };
  const ByteOrder order = is_magic(big.u32(0)) ? ByteOrder::big : ByteOrder::little;
  const Piece header = content.piece(offset, 28, order);
  if (!is_magic(header.u32(0))) return {};
  Executable executable{.format = Executable::Format::mach_o, .os = "darwin"};
  switch (header.u32(12)) {
    case file_execute: executable.program = true; break;
    case file_fvmlib:
    case file_dylib:
    case file_dylinker:
    case file_bundle:
    case file_kext: break;
    default: return {};
  }
  set_machine(executable, header.u32(4), header.u32(8));
  return executable;
}

std::optional<Executable> read_universal(const Content& content) {
  const Piece list = content.piece(0, 8 + 32 * most_architectures, ByteOrder::big);
  const bool wide = list.u32(0) == universal_64;
  const std::size_t step = wide ? 32 : 20;
  const std::uint32_t count = list.u32(4);
  if (count > most_architectures) return {};
  std::optional<Executable> whole;
  for (std::size_t i = 0, at = 8; i < count && at + step <= list.size(); ++i, at += step) {
    const std::uint64_t offset = wide ? list.u64(at + 8) : list.u32(at + 8);
    const std::optional<Executable> slice = read_thin(content, offset);
    if (!slice) continue;
    if (!whole) {
      whole = slice;
    } else {
      whole->more_architectures.push_back(slice->architecture.empty() ? slice->machine
                                                                      : slice->architecture);
    }
  }
  return whole;
}

}  // namespace

bool is_mach_o(Bytes front) {
  const std::uint32_t big = Fields(front, ByteOrder::big).u32(0);
  const std::uint32_t little = Fields(front, ByteOrder::little).u32(0);
  return big == thin_32 || big == thin_64 || little == thin_32 || little == thin_64 ||
         big == universal_32 || big == universal_64;
}

std::optional<Executable> read_mach_o(const Content& content) {
  const std::uint32_t magic = Fields(content.front(), ByteOrder::big).u32(0);
  const bool universal = magic == universal_32 || magic == universal_64;
  return universal ? read_universal(content) : read_thin(content, 0);
}

}  // namespace ocimux
