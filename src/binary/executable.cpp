#include "binary/executable.hpp"

#include "binary/formats.hpp"
#include "io/memory.hpp"

#include <array>

namespace ocimux {
namespace {

std::string_view format_name(Executable::Format format) {
  switch (format) {
    case Executable::Format::elf: return "an ELF";
    case Executable::Format::pe: return "a PE";
    case Executable::Format::mach_o: return "a Mach-O";
  }
  return "an";
}

}  // namespace

std::string Executable::string() const {
  std::string text(format_name(format));
  if (managed) text += " (.NET)";
  text += program ? " program for " : " library for ";
  std::string hardware = architecture.empty() ? machine : architecture;
  if (!variant.empty()) hardware += "/" + variant;
  for (const std::string& more : more_architectures) hardware += "+" + more;
  if (os.empty()) return text + hardware + " without an operating system";
  return text + os + (architecture.empty() ? " on " : "/") + hardware;
}

bool may_be_executable(Bytes front) {
  const std::string_view text = as_text(front);
  return text.starts_with(
             "\x7f"
             "ELF") ||
         text.starts_with("MZ") || is_mach_o(front);
}

std::optional<Executable> read_executable(const ReadAt& read, std::int64_t size) {
  const Content content(read, size);
  const std::string_view front = as_text(content.front());
  if (front.starts_with("\x7f"
                        "ELF")) {
    return read_elf(content);
  }
  if (front.starts_with("MZ")) return read_pe(content);
  if (is_mach_o(content.front())) return read_mach_o(content);
  return {};
}

std::string unknown_machine(std::uint32_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (; number != 0 || text.size() < 2; number >>= 4U) text.insert(0, 1, digits[number & 0xfU]);
  return "machine 0x" + text;
}

}  // namespace ocimux
