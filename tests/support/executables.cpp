#include "support/executables.hpp"

#include <cstddef>
#include <cstdint>
#include <map>

namespace ocimux::test {
namespace {

constexpr std::size_t size = 1024;

struct Machine {
  std::uint16_t number;
  bool wide;
  bool big_endian = false;
};

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t width,
         bool big_endian = false) {
  for (std::size_t i = 0; i < width; ++i) {
    bytes[at + (big_endian ? width - 1 - i : i)] = static_cast<char>(value >> (8 * i));
  }
}

std::string elf(const std::string& architecture, std::uint16_t type) {
  static const std::map<std::string, Machine> machines{
      {"386", {3, false}},     {"arm", {40, false}},    {"amd64", {62, true}},
      {"arm64", {183, true}},  {"ppc64le", {21, true}}, {"s390x", {22, true, true}},
      {"riscv64", {243, true}}};
  const Machine machine = machines.at(architecture);
  const bool big = machine.big_endian;
  std::string bytes(size, '\0');
  bytes.replace(0, 4,
                "\x7f"
                "ELF");
  bytes[4] = machine.wide ? 2 : 1;
  bytes[5] = big ? 2 : 1;
  bytes[6] = 1;
  put(bytes, 16, type, 2, big);
  put(bytes, 18, machine.number, 2, big);
  put(bytes, 20, 1, 4, big);
  if (type == 2) put(bytes, 24, 0x10000, machine.wide ? 8 : 4, big);  // the entry point
  if (architecture == "ppc64le") put(bytes, 48, 2, 4);                // ELFv2
  put(bytes, machine.wide ? 52 : 40, machine.wide ? 64 : 52, 2, big);
  return bytes;
}

}  // namespace

std::string elf_program(const std::string& architecture) { return elf(architecture, 2); }
std::string elf_library(const std::string& architecture) { return elf(architecture, 3); }

std::string pe_program(const std::string& architecture, bool managed) {
  static const std::map<std::string, std::uint16_t> machines{
      {"386", 0x14c}, {"amd64", 0x8664}, {"arm64", 0xaa64}};
  constexpr std::size_t header = 0x80;
  constexpr std::size_t optional = header + 24;
  const bool wide = architecture != "386";
  std::string bytes(size, '\0');
  bytes.replace(0, 2, "MZ");
  put(bytes, 0x3c, header, 4);
  bytes.replace(header, 4, std::string("PE\0\0", 4));
  put(bytes, header + 4, machines.at(architecture), 2);
  put(bytes, header + 20, wide ? 240 : 224, 2);  // bytes of the optional header
  put(bytes, header + 22, 0x22, 2);
  put(bytes, optional, wide ? 0x20b : 0x10b, 2);
  put(bytes, optional + 68, 3, 2);                  // a console program
  put(bytes, optional + (wide ? 108 : 92), 16, 4);  // data directories
  const std::size_t clr = optional + (wide ? 112 : 96) + std::size_t{14} * 8;
  if (managed) {
    put(bytes, clr, 0x2000, 4);
    put(bytes, clr + 4, 72, 4);
  }
  return bytes;
}

}  // namespace ocimux::test
