// Source: "Addenda to, and Errata in, the ABI for the Arm Architecture", build attributes.
#include "binary/elf.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

constexpr std::uint64_t tag_file = 1;
constexpr std::uint64_t tag_cpu_arch = 6;
constexpr std::uint64_t tag_cpu_arch_profile = 7;
constexpr std::uint64_t tag_compatibility = 32;

/// Reads attributes one after the other; at_end() once they are over, or damaged.
class Attributes final {
 public:
  explicit Attributes(const Fields& fields) : fields_(fields) {}

  [[nodiscard]] bool at_end() const { return at_ >= fields_.size(); }

  // An unsigned LEB128.
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !at_end(); shift += 7) {
      const std::uint8_t byte = fields_.u8(at_++);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    at_ = fields_.size();
    return 0;
  }

  void skip_text() {
    const std::size_t end = fields_.text(at_, fields_.size()).find('\0');
    at_ = end == std::string_view::npos ? fields_.size() : at_ + end + 1;
  }

 private:
  Fields fields_;
  std::size_t at_ = 0;
};

bool has_text(std::uint64_t tag) { return tag == 4 || tag == 5 || (tag > 32 && tag % 2 == 1); }

// What has no variant of its own runs on v5: nobody names less. Microcontrollers run no images.
std::string_view variant_of(std::uint64_t architecture, std::uint64_t profile) {
  if (profile == 'M') return {};
  switch (architecture) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 5: return "v5";  // v4, v4T, v5T, v5TE, v5TEJ
    case 6:
    case 7:
    case 8:
    case 9: return "v6";   // v6, v6KZ, v6T2, v6K
    case 10: return "v7";  // v7
    case 14:
    case 18:
    case 19:
    case 20:
    case 22: return "v8";  // v8-A, v8.1-A, .2, .3, v9-A
    default: return {};
  }
}

std::string_view variant_in(const Fields& fields) {
  std::uint64_t architecture = 0;
  std::uint64_t profile = 0;
  for (Attributes attributes(fields); !attributes.at_end();) {
    const std::uint64_t tag = attributes.number();
    if (has_text(tag)) {
      attributes.skip_text();
      continue;
    }
    const std::uint64_t value = attributes.number();
    if (tag == tag_compatibility) attributes.skip_text();
    if (tag == tag_cpu_arch) architecture = value;
    if (tag == tag_cpu_arch_profile) profile = value;
  }
  return variant_of(architecture, profile);
}

// One vendor's subsections, each a tag and a size (of them all) in front of its attributes.
std::string_view variant_of_file(const Fields& subsections) {
  for (std::size_t at = 0; at + 5 <= subsections.size();) {
    const std::uint32_t size = subsections.u32(at + 1);
    if (size < 5) return {};
    if (subsections.u8(at) == tag_file) return variant_in(subsections.part(at + 5, size - 5));
    at += size;
  }
  return {};
}

}  // namespace

std::string_view arm_variant(const Fields& attributes) {
  if (attributes.u8(0) != 'A') return {};
  for (std::size_t at = 1; at + 4 <= attributes.size();) {
    const std::uint32_t size = attributes.u32(at);
    if (size < 4) return {};
    const Fields vendor = attributes.part(at + 4, size - 4);
    const std::string_view name = vendor.text(0);
    if (name == "aeabi") return variant_of_file(vendor.part(name.size() + 1, vendor.size()));
    at += size;
  }
  return {};
}

}  // namespace ocimux
