#pragma once

#include "binary/content.hpp"

#include <optional>
#include <vector>

namespace ocimux {

/// The part of a PE file's headers that is of use here.
struct PeHeaders {
  enum Directory : std::uint8_t { resources = 2, clr = 14 };

  struct Range {
    std::uint32_t address = 0;  ///< where it is in memory, relative to the image
    std::uint32_t size = 0;
  };

  std::uint16_t machine = 0;
  std::uint16_t characteristics = 0;
  std::uint16_t subsystem = 0;
  std::vector<Range> directories = {};
  std::uint64_t sections_offset = 0;
  std::uint16_t sections_count = 0;

  /// Nothing for what is no PE image.
  static std::optional<PeHeaders> read(const Content& content);

  [[nodiscard]] Range directory(Directory which) const;
  /// Where @p address of the image is in the file; nothing where no section has it.
  [[nodiscard]] std::optional<std::uint64_t> offset_of(const Content& content,
                                                       std::uint32_t address) const;
};

}  // namespace ocimux
