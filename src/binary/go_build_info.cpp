// Source: Go's debug/buildinfo, the form since Go 1.18.
#include "binary/elf.hpp"

namespace ocimux {
namespace {

constexpr std::string_view magic = "\xff Go buildinf:";
constexpr std::uint8_t texts_inline = 2;

struct Length {
  std::size_t value;
  std::size_t bytes;  ///< that it takes
};

Length length_at(const Fields& fields, std::size_t at) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 5; ++i) {
    const std::uint8_t byte = fields.u8(at + i);
    value |= std::uint64_t{byte & 0x7fU} << (7 * i);
    if ((byte & 0x80U) == 0) return {static_cast<std::size_t>(value), i + 1};
  }
  return {0, 5};
}

}  // namespace

std::string_view go_setting(const Fields& build_info, std::string_view name) {
  if (build_info.text(0, magic.size()) != magic) return {};
  if ((build_info.u8(15) & texts_inline) == 0) return {};
  const Length version = length_at(build_info, 32);
  const std::size_t modules_at = 32 + version.bytes + version.value;
  const Length modules = length_at(build_info, modules_at);
  const std::string_view text = build_info.text(modules_at + modules.bytes, modules.value);
  const std::string key = "\nbuild\t" + std::string(name) + "=";
  const std::size_t found = text.find(key);
  if (found == std::string_view::npos) return {};
  const std::string_view rest = text.substr(found + key.size());
  return rest.substr(0, rest.find('\n'));
}

}  // namespace ocimux
