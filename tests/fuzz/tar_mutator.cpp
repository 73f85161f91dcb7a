// libFuzzer changes bytes blindly, and a tar whose checksums are wrong is refused at its first
// header. So after each change the checksums are made right again, most of the time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

constexpr std::size_t block_size = 512;
constexpr std::size_t checksum_at = 148;
constexpr std::size_t checksum_size = 8;
constexpr std::size_t magic_at = 257;

bool is_header(std::span<const std::uint8_t> block) {
  return std::memcmp(block.data() + magic_at, "ustar", 5) == 0;
}

void correct(std::span<std::uint8_t> block) {
  const auto field = block.subspan(checksum_at, checksum_size);
  std::fill(field.begin(), field.end(), std::uint8_t{' '});
  unsigned sum = 0;
  for (const std::uint8_t byte : block) sum += byte;
  char text[checksum_size + 1];
  std::snprintf(text, sizeof text, "%06o", sum);
  std::memcpy(field.data(), text, 7);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
  const std::size_t changed = LLVMFuzzerMutate(data, size, most);
  if (seed % 8 == 0) return changed;
  for (std::size_t at = 0; at + block_size <= changed; at += block_size) {
    const std::span block(data + at, block_size);
    if (is_header(block)) correct(block);
  }
  return changed;
}
