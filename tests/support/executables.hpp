#pragma once

#include <string>

namespace ocimux::test {

/// The header of a program or library and some zeros behind it: as much as tells its platform.
/// @p architecture is one of amd64, 386, arm64, arm, ppc64le, s390x, riscv64.
std::string elf_program(const std::string& architecture);
std::string elf_library(const std::string& architecture);

/// The same of a Windows program for amd64, arm64 or 386; with @p managed, one of .NET.
std::string pe_program(const std::string& architecture, bool managed = false);

}  // namespace ocimux::test
