// Headers that no tool at hand makes: real ones, changed where they matter.
#include "binary/elf.hpp"
#include "binary/reading.hpp"

#include <gtest/gtest.h>

namespace ocimux {
namespace {

using test::fixture;
using test::little;
using test::told_of;
using test::with;

constexpr std::size_t osabi_at = 7;
constexpr std::size_t type_at = 16;
constexpr std::size_t machine_at = 18;

std::size_t pe_at(const std::string& bytes) { return bytes.find(std::string("PE\0\0", 4)); }

TEST(Elf, NamesTheSystemOfItsAbi) {
  const std::string bytes = fixture("linux-amd64");
  EXPECT_EQ(told_of(with(bytes, osabi_at, 3, 1)), "an ELF program for linux/amd64");
  EXPECT_EQ(told_of(with(bytes, osabi_at, 9, 1)), "an ELF program for freebsd/amd64");
  EXPECT_EQ(told_of(with(bytes, osabi_at, 12, 1)), "an ELF program for openbsd/amd64");
  EXPECT_EQ(told_of(with(bytes, osabi_at, 255, 1)),
            "an ELF program for amd64 without an operating system");
}

TEST(Elf, NamesTheNumberOfAMachineNobodyKnows) {
  EXPECT_EQ(told_of(with(fixture("linux-amd64"), machine_at, 0x1234, 2)),
            "an ELF program for linux on machine 0x1234");
}

TEST(Elf, IsNoExecutableAsObjectOrCore) {
  for (const unsigned type : {0U, 1U, 4U, 0xfe00U}) {
    EXPECT_EQ(told_of(with(fixture("linux-amd64"), type_at, type, 2)), "nothing") << type;
  }
}

TEST(Elf, SaysNoVariantOfArmWithoutAttributes) {
  constexpr std::size_t sections_at = 32;
  EXPECT_EQ(told_of(with(fixture("linux-arm-v6"), sections_at, 0, 4)),
            "an ELF program for linux/arm");
}

TEST(ElfNotes, NameTheSystemOfTheBsds) {
  for (const auto& [owner, os] : {std::pair("NetBSD", "netbsd"), std::pair("OpenBSD", "openbsd"),
                                  std::pair("FreeBSD", "freebsd")}) {
    const std::string name = owner;
    std::string note = little(name.size() + 1, 4) + little(4, 4) + little(1, 4) + name;
    note.resize(20, '\0');
    note += little(999, 4);
    ElfNotes notes;
    notes.add(Fields(as_bytes(note)), 4, true);
    EXPECT_EQ(notes.os, os);
  }
}

TEST(ElfNotes, OfHugeSizesEndTheSearch) {
  const std::string note = little(0xffffffff, 4) + little(0xffffffff, 4) + little(5, 4) + "GNU";
  ElfNotes notes;
  notes.add(Fields(as_bytes(note)), 8, true);
  EXPECT_EQ(notes.x86_needed, 0U);
}

std::string build_info(const std::string& settings) {
  std::string info = "\xff Go buildinf:";
  info += std::string("\x04\x02", 2);
  info.resize(32, '\0');
  return info + "\x08" + "go1.26.8" + little(settings.size(), 1) + settings;
}

TEST(GoSetting, IsFoundAmongTheOthers) {
  const std::string info = build_info("path\tx\nbuild\tGOARCH=arm\nbuild\tGOARM=6,softfloat\n");
  EXPECT_EQ(go_setting(Fields(as_bytes(info)), "GOARM"), "6,softfloat");
  EXPECT_EQ(go_setting(Fields(as_bytes(info)), "GOAMD64"), "");
  EXPECT_EQ(go_setting(Fields(as_bytes(info).first(40)), "GOARM"), "");
}

TEST(ArmVariant, TakesOtherAttributesByTheirKind) {
  // A name of the processor (text), compatibility (a number and text), then the architecture.
  const std::string attributes = std::string("\5ARM1176JZF-S\0\x20\1gnu\0\6\7", 22);
  const std::string file = "\1" + little(attributes.size() + 5, 4) + attributes;
  const std::string vendor = std::string("aeabi\0", 6) + file;
  const std::string other = little(9, 4) + std::string("them\0", 5);
  const std::string all = "A" + other + little(vendor.size() + 4, 4) + vendor;
  EXPECT_EQ(arm_variant(Fields(as_bytes(all))), "v6");
  EXPECT_EQ(arm_variant(Fields(as_bytes(all).first(all.size() - 2))), "");
}

TEST(Pe, OfDotNetIsNoWitness) {
  std::string bytes = fixture("windows-amd64.exe");
  const std::size_t clr = pe_at(bytes) + 24 + 112 + 14 * 8UL;
  bytes = with(bytes, clr, 0x2000, 4);
  EXPECT_TRUE(test::executable_in(bytes)->managed);
  EXPECT_EQ(told_of(bytes), "a PE (.NET) program for windows/amd64");
  // Compiled ahead of time for Linux.
  EXPECT_EQ(told_of(with(bytes, pe_at(bytes) + 4, 0xaa64 ^ 0x7b79, 2)),
            "a PE (.NET) program for linux/arm64");
  EXPECT_FALSE(test::executable_in(fixture("windows-amd64.exe"))->managed);
}

TEST(Pe, KnowsWindowsOnArm) {
  const std::string bytes = fixture("windows-amd64.exe");
  EXPECT_EQ(told_of(with(bytes, pe_at(bytes) + 4, 0xaa64, 2)), "a PE program for windows/arm64");
  EXPECT_EQ(told_of(with(bytes, pe_at(bytes) + 4, 0x1c4, 2)), "a PE program for windows/arm/v7");
  EXPECT_EQ(told_of(with(bytes, pe_at(bytes) + 4, 0x777, 2)),
            "a PE program for windows on machine 0x777");
}

std::string big(std::uint64_t value) {
  const std::string bytes = little(value, 4);
  return {bytes.rbegin(), bytes.rend()};
}

TEST(MachO, NamesEveryArchitectureOfAUniversalFile) {
  const std::string slice = fixture("darwin-amd64").substr(0, 28);
  const std::string arm64 = with(slice, 4, 0x0100000c, 4);
  std::string bytes = "\xca\xfe\xba\xbe" + big(2);
  bytes += big(0x01000007) + big(3) + big(100) + big(28) + big(0);
  bytes += big(0x0100000c) + big(0) + big(200) + big(28) + big(0);
  bytes.resize(100);
  bytes += slice;
  bytes.resize(200);
  bytes += arm64;
  EXPECT_EQ(told_of(bytes), "a Mach-O program for darwin/amd64+arm64");
}

TEST(MachO, IsNoJavaClass) {
  std::string bytes = "\xca\xfe\xba\xbe" + big(61);  // Java 17
  bytes.resize(4000, '\1');
  EXPECT_EQ(told_of(bytes), "nothing");
}

}  // namespace
}  // namespace ocimux
