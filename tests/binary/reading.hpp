#pragma once

#include "binary/executable.hpp"

#include "io/memory.hpp"
#include "support/files.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

namespace ocimux::test {

/// Reads from @p bytes, which must outlive the answer.
inline ReadAt reading(const std::string& bytes) {
  return [&bytes](std::span<std::byte> into, std::int64_t offset) {
    const auto from = static_cast<std::size_t>(offset);
    if (offset < 0 || from > bytes.size()) throw std::out_of_range("read outside of the file");
    const std::size_t count = std::min(into.size(), bytes.size() - from);
    std::copy_n(as_bytes(bytes).begin() + offset, count, into.begin());
    return count;
  };
}

inline std::optional<Executable> executable_in(const std::string& bytes) {
  return read_executable(reading(bytes), static_cast<std::int64_t>(bytes.size()));
}

/// What a message calls the executable; `nothing` for none.
inline std::string told_of(const std::string& bytes) {
  const auto executable = executable_in(bytes);
  return executable ? executable->string() : "nothing";
}

inline std::optional<std::string> version_in(const std::string& bytes) {
  return pe_file_version(reading(bytes), static_cast<std::int64_t>(bytes.size()));
}

inline std::string fixture(const std::string& name) {
  return read_file(OCIMUX_TESTDATA "/binaries/" + name);
}

/// @p bytes with the @p count low bytes of @p value from @p at on, lowest first.
inline std::string with(std::string bytes, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    bytes.at(at + i) = static_cast<char>(value >> (8 * i) & 0xffU);
  }
  return bytes;
}

inline std::string little(std::uint64_t value, std::size_t count) {
  return with(std::string(count, '\0'), 0, value, count);
}

}  // namespace ocimux::test
