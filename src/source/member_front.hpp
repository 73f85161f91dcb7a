#pragma once

#include "tar/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ocimux {

/// The front of a member by position, read as far as it is asked for.
class MemberFront final {
 public:
  explicit MemberFront(TarReader& reader) : reader_(reader) {}

  std::size_t read(std::span<std::byte> into, std::int64_t offset);

 private:
  TarReader& reader_;
  std::vector<std::byte> front_;
  bool complete_ = false;
};

}  // namespace ocimux
