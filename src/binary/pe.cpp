// Sources: Microsoft's "PE Format"; for ReadyToRun machines "ReadyToRun file format" of
// dotnet/runtime.
#include "binary/pe.hpp"

#include "binary/formats.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

constexpr std::uint16_t executable_image = 0x0002;
constexpr std::uint16_t dll = 0x2000;

struct Machine {
  std::uint16_t number;
  std::string_view architecture;
  std::string_view variant;
  std::string_view name;
};

constexpr std::array<Machine, 11> machines{{{0x014c, "386", "", ""},
                                            {0x8664, "amd64", "", ""},
                                            {0xaa64, "arm64", "", ""},
                                            {0xa641, "arm64", "", ""},  // made to load amd64 code
                                            {0xa64e, "arm64", "", ""},  // and both at once
                                            {0x01c4, "arm", "v7", ""},  // Thumb-2
                                            {0x01c0, "arm", "", ""},
                                            {0x5064, "riscv64", "", ""},
                                            {0x6264, "loong64", "", ""},
                                            {0x0200, "", "", "ia64"},
                                            {0x0ebc, "", "", "EFI byte code"}}};

// .NET code that was compiled ahead of time for a system other than Windows says so by mixing a
// number into its machine.
struct MixedIn {
  std::uint16_t number;
  std::string_view os;
};

constexpr std::array<MixedIn, 6> systems{{{0, "windows"},
                                          {0x7b79, "linux"},
                                          {0x4644, "darwin"},
                                          {0xadc4, "freebsd"},
                                          {0x1993, "netbsd"},
                                          {0x1992, "solaris"}}};

const Machine* find_machine(unsigned number) {
  const auto* found = std::find_if(machines.begin(), machines.end(), [&](const Machine& machine) {
    return machine.number == number;
  });
  return found == machines.end() ? nullptr : found;
}

void set_machine(Executable& executable, std::uint16_t number) {
  executable.os = "windows";
  for (const MixedIn& system : systems) {
    if (system.number != 0 && !executable.managed) break;
    const Machine* machine = find_machine(unsigned{number} ^ system.number);
    if (machine == nullptr) continue;
    executable.os = system.os;
    executable.architecture = machine->architecture;
    executable.variant = machine->variant;
    executable.machine = machine->name;
    return;
  }
  executable.machine = unknown_machine(number);
}

bool is_for_firmware(std::uint16_t subsystem) { return subsystem >= 10 && subsystem <= 13; }

}  // namespace

std::optional<PeHeaders> PeHeaders::read(const Content& content) {
  constexpr ByteOrder order = ByteOrder::little;
  constexpr std::uint64_t coff_size = 24;  // with the signature in front
  const std::uint64_t at = content.piece(0x3c, 4, order).u32(0);
  const Piece coff = content.piece(at, coff_size, order);
  if (coff.size() < coff_size || coff.text(0, 4) != std::string_view("PE\0\0", 4)) return {};
  const std::uint16_t optional_size = coff.u16(20);
  const Piece optional = content.piece(at + coff_size, optional_size, order);
  const std::uint16_t magic = optional.u16(0);
  if (magic != 0x10b && magic != 0x20b) return {};

  PeHeaders headers{.machine = coff.u16(4),
                    .characteristics = coff.u16(22),
                    .subsystem = optional.u16(68),
                    .sections_offset = at + coff_size + optional_size,
                    .sections_count = coff.u16(6)};
  const std::size_t count_at = magic == 0x20b ? 108 : 92;
  const std::uint32_t count = std::min<std::uint32_t>(optional.u32(count_at), 16);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = count_at + 4 + 8 * i;
    headers.directories.push_back({optional.u32(entry), optional.u32(entry + 4)});
  }
  return headers;
}

PeHeaders::Range PeHeaders::directory(Directory which) const {
  return which < directories.size() ? directories[which] : Range{};
}

std::optional<std::uint64_t> PeHeaders::offset_of(const Content& content,
                                                  std::uint32_t address) const {
  constexpr std::size_t header_size = 40;
  const Piece table = content.piece(sections_offset, header_size * std::uint64_t{sections_count},
                                    ByteOrder::little);
  for (std::size_t at = 0; at + header_size <= table.size(); at += header_size) {
    const std::uint32_t start = table.u32(at + 12);
    const std::uint32_t in_file = table.u32(at + 16);
    if (address >= start && address - start < in_file) {
      return std::uint64_t{table.u32(at + 20)} + (address - start);
    }
  }
  return {};
}

std::optional<Executable> read_pe(const Content& content) {
  const std::optional<PeHeaders> headers = PeHeaders::read(content);
  if (!headers) return {};
  Executable executable{.format = Executable::Format::pe};
  executable.managed = headers->directory(PeHeaders::clr).address != 0;
  executable.program =
      (headers->characteristics & executable_image) != 0 && (headers->characteristics & dll) == 0;
  set_machine(executable, headers->machine);
  if (is_for_firmware(headers->subsystem)) executable.os.clear();
  return executable;
}

}  // namespace ocimux
