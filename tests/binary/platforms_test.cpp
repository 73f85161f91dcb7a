// Real files of many platforms: testdata/binaries.
#include "binary/reading.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace ocimux {
namespace {

using test::executable_in;
using test::fixture;
using test::told_of;
using test::version_in;

using NameAndText = std::pair<const char*, const char*>;

class Platforms : public testing::TestWithParam<NameAndText> {};

TEST_P(Platforms, AreToldByTheHeader) {
  EXPECT_EQ(told_of(fixture(GetParam().first)), GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(
    Real, Platforms,
    testing::Values(NameAndText("linux-386", "an ELF program for linux/386"),
                    NameAndText("linux-amd64", "an ELF program for linux/amd64"),
                    NameAndText("linux-amd64-v2", "an ELF program for linux/amd64/v2"),
                    NameAndText("linux-amd64-v3", "an ELF program for linux/amd64/v3"),
                    NameAndText("linux-amd64-v4", "an ELF program for linux/amd64/v4"),
                    NameAndText("linux-x32", "an ELF program for linux on x32"),
                    NameAndText("linux-arm-v5", "an ELF program for linux/arm/v5"),
                    NameAndText("linux-arm-v6", "an ELF program for linux/arm/v6"),
                    NameAndText("linux-arm-v7", "an ELF program for linux/arm/v7"),
                    NameAndText("linux-arm-v8", "an ELF program for linux/arm/v8"),
                    NameAndText("linux-armbe", "an ELF program for linux/armbe"),
                    NameAndText("linux-arm64", "an ELF program for linux/arm64"),
                    NameAndText("linux-mips", "an ELF program for linux/mips"),
                    NameAndText("linux-mipsle", "an ELF program for linux/mipsle"),
                    NameAndText("linux-mips64", "an ELF program for linux/mips64"),
                    NameAndText("linux-mips64le", "an ELF program for linux/mips64le"),
                    NameAndText("linux-mips-n32", "an ELF program for linux on mips n32"),
                    NameAndText("linux-ppc", "an ELF program for linux/ppc"),
                    NameAndText("linux-ppc64", "an ELF program for linux/ppc64"),
                    NameAndText("linux-ppc64le", "an ELF program for linux/ppc64le"),
                    NameAndText("linux-riscv64", "an ELF program for linux/riscv64"),
                    NameAndText("linux-s390", "an ELF program for linux/s390"),
                    NameAndText("linux-s390x", "an ELF program for linux/s390x"),
                    NameAndText("dynamic-arm64", "an ELF program for linux/arm64"),
                    NameAndText("static-pie-amd64", "an ELF program for linux/amd64"),
                    NameAndText("library-riscv64", "an ELF library for linux/riscv64"),
                    NameAndText("object-amd64.o", "nothing"),
                    NameAndText("windows-amd64.exe", "a PE program for windows/amd64"),
                    NameAndText("windows-amd64.dll", "a PE library for windows/amd64"),
                    NameAndText("windows-386.exe", "a PE program for windows/386"),
                    NameAndText("uefi-amd64.efi",
                                "a PE program for amd64 without an operating system"),
                    NameAndText("darwin-amd64", "a Mach-O program for darwin/amd64"),
                    NameAndText("darwin-amd64.dylib", "a Mach-O library for darwin/amd64")));

TEST(Platforms, OfWhatIsNoExecutableAreNotTold) {
  for (const char* text : {"", "\x7f", "MZ", "#!/bin/sh\n",
                           "\x7f"
                           "ELF",
                           "MZ and then some text"}) {
    EXPECT_EQ(told_of(text), "nothing") << text;
  }
}

TEST(Executable, NamesItsInterpreter) {
  EXPECT_EQ(executable_in(fixture("dynamic-arm64"))->interpreter, "/lib/ld-linux-aarch64.so.1");
  EXPECT_EQ(executable_in(fixture("static-pie-amd64"))->interpreter, "");
}

TEST(Executable, TakesOneReadWhereAllIsInFront) {
  const std::string bytes = fixture("linux-amd64-v3") + std::string(1 << 20, 'x');
  int reads = 0;
  const ReadAt counted = [&](std::span<std::byte> into, std::int64_t offset) {
    ++reads;
    return test::reading(bytes)(into, offset);
  };
  EXPECT_TRUE(read_executable(counted, static_cast<std::int64_t>(bytes.size())));
  EXPECT_EQ(reads, 1);
}

TEST(Executable, LetsErrorsOfReadingPass) {
  const ReadAt failing = [](std::span<std::byte>, std::int64_t) -> std::size_t {
    throw std::runtime_error("the disk is gone");
  };
  EXPECT_THROW(read_executable(failing, 100), std::runtime_error);
}

TEST(MayBeExecutable, IsFalseForMostFilesAlone) {
  for (const char* name : {"linux-arm64", "linux-mips", "windows-386.exe", "darwin-amd64"}) {
    EXPECT_TRUE(may_be_executable(as_bytes(fixture(name)).first(4))) << name;
  }
  for (const char* text : {"#!/bin/sh", "\x89PNG", "PK\3\4", "!<arch>\n", "    "}) {
    EXPECT_FALSE(may_be_executable(as_bytes(text))) << text;
  }
}

TEST(PeFileVersion, IsThatOfTheVersionResource) {
  EXPECT_EQ(version_in(fixture("windows-amd64.exe")), "10.0.20348.1607");
  EXPECT_EQ(version_in(fixture("windows-amd64.dll")), "10.0.20348.1607");
  EXPECT_EQ(version_in(fixture("windows-386.exe")), "10.0.20348.1607");
}

TEST(PeFileVersion, IsNothingWhereThereIsNone) {
  EXPECT_EQ(version_in(fixture("linux-amd64")), std::nullopt);
  std::string bytes = fixture("windows-amd64.exe");
  bytes.replace(bytes.find(std::string("\xbd\x04\xef\xfe", 4)), 4, "none");
  EXPECT_EQ(version_in(bytes), std::nullopt);
}

}  // namespace
}  // namespace ocimux
