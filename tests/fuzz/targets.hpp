#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ocimux::fuzz {

struct Target {
  const char* name;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

/// All of them: CMake writes the list.
std::span<const Target> targets();

}  // namespace ocimux::fuzz
