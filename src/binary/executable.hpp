#pragma once

#include <ocimux/io/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ocimux {

/// Bytes of one file by position: fills the front of @p into from @p offset on, fewer only where
/// the file ends.
using ReadAt = std::function<std::size_t(std::span<std::byte> into, std::int64_t offset)>;

/// What an executable's own header says it runs on, in Go's names, which are those of images.
struct Executable {
  enum class Format { elf, pe, mach_o };

  Format format = Format::elf;
  /// `linux`, `windows`, `darwin`, `freebsd`, …; empty for what runs without an operating system
  /// (firmware, boot loaders, a Linux kernel that is an EFI program too).
  std::string os = {};
  /// `386`, `amd64`, `arm`, `arm64`, …; empty for a machine that has no such name.
  std::string architecture = {};
  /// The least variant that runs it, where it says so for certain: `v5` to `v8` for arm, `v2` to
  /// `v4` for amd64. Empty is no statement.
  std::string variant = {};
  /// What to call a machine that has no name as an architecture: `x32`, `ia64`, `machine 0x1234`.
  std::string machine = {};
  /// The other architectures of a universal (Mach-O) file; `architecture` is the first.
  std::vector<std::string> more_architectures = {};
  /// True for what is meant to be started, false for what is loaded by another (a library).
  bool program = false;
  /// The program that loads this one, such as `/lib64/ld-linux-x86-64.so.2`; empty for none.
  std::string interpreter = {};
  /// .NET code. It runs wherever .NET does, so it bears no witness to a platform.
  bool managed = false;

  /// For messages: `an ELF program for linux/arm/v6`, `a PE library for windows/amd64`.
  [[nodiscard]] std::string string() const;
};

/// False where a file of which @p front are the first bytes (4 at least) is no executable for
/// certain: a cheap way to pass most files by.
bool may_be_executable(Bytes front);

/// Reads what the headers of a file of @p size bytes say. Nothing for what is no finished
/// executable: scripts, objects to be linked (and kernel modules), core files, DOS programs.
///
/// Content is never trusted: where headers are damaged the answer is what can still be told, or
/// nothing. Throws what @p read throws and nothing else. Most files take one read of 4 KiB; none
/// takes more than a few dozen reads, of 64 KiB at most.
std::optional<Executable> read_executable(const ReadAt& read, std::int64_t size);

/// The version a PE file has in its version resource, such as `10.0.20348.1607`; nothing where it
/// has none. Windows' own files carry the version of Windows.
std::optional<std::string> pe_file_version(const ReadAt& read, std::int64_t size);

}  // namespace ocimux
