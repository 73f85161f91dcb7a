#include "source/member_front.hpp"

#include <ocimux/io/stream.hpp>

#include <algorithm>

namespace ocimux {
namespace {

constexpr std::size_t enough_for_headers = 4096;
constexpr std::size_t enough_for_all = std::size_t{32} << 20;

// What says more than its headers at its end: 32-bit ARM its version in a section, and libraries
// of Windows theirs in a resource.
bool says_more_at_its_end(Bytes front) {
  constexpr std::size_t elf_class = 4;
  constexpr std::size_t elf_machine = 18;
  constexpr std::byte elf32{1};
  constexpr std::byte arm{40};
  if (front.size() <= elf_machine) return false;
  const bool pe = front[0] == std::byte{'M'} && front[1] == std::byte{'Z'};
  return pe || (front[elf_class] == elf32 &&
                (front[elf_machine] == arm || front[elf_machine + 1] == arm));
}

}  // namespace

std::size_t MemberFront::read(std::span<std::byte> into, std::int64_t offset) {
  const auto begin = static_cast<std::size_t>(offset);
  const std::size_t limit = says_more_at_its_end(front_) ? enough_for_all : enough_for_headers;
  const std::size_t end = std::min(begin + into.size(), limit);
  if (end > front_.size() && !complete_) {
    front_.resize(std::max(end, std::min(2 * front_.size(), limit)));
    const std::size_t count = reader_.front(front_);
    complete_ = count < front_.size();
    front_.resize(count);
  }
  if (begin >= front_.size()) return 0;
  const std::size_t count = std::min(into.size(), front_.size() - begin);
  std::copy_n(front_.begin() + static_cast<std::ptrdiff_t>(begin), count, into.begin());
  return count;
}

}  // namespace ocimux
