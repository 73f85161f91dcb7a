// Headers of ELF, PE and Mach-O: nothing is thrown, and little is read, whatever they say.

#include "binary/executable.hpp"
#include "fuzz/fuzzing.hpp"
#include "source/programs.hpp"

#include <algorithm>

namespace ocimux::fuzz {
namespace {

constexpr int most_reads = 64;  // a few dozen are promised
constexpr std::size_t largest_read = std::size_t{64} << 10;

/// Counts what is read of a file, and whether it is inside of it.
class Reads {
 public:
  explicit Reads(std::string_view text) : text_(text) {}

  ReadAt read() {
    return [this](std::span<std::byte> into, std::int64_t offset) {
      require(++count_ <= most_reads, "a few dozen reads suffice");
      require(into.size() <= largest_read, "no read is large");
      require(offset >= 0 && static_cast<std::size_t>(offset) <= text_.size(),
              "no read is outside of the file");
      const std::string_view rest = text_.substr(static_cast<std::size_t>(offset));
      const std::size_t size = std::min(into.size(), rest.size());
      std::copy_n(as_bytes(rest).begin(), size, into.begin());
      return size;
    };
  }

 private:
  std::string_view text_;
  int count_ = 0;
};

void check(std::string_view text) {
  const auto size = static_cast<std::int64_t>(text.size());
  Reads reads(text);
  const auto executable = read_executable(reads.read(), size);
  if (text.size() >= 4 && !may_be_executable(as_bytes(text))) {
    require(!executable, "what cannot be an executable is none");
  }
  if (executable) {
    require(!executable->string().empty(), "an executable has a name for messages");
    require(
        std::ranges::all_of(executable->interpreter, [](char c) { return c > ' ' && c < '\x7f'; }),
        "an interpreter is a plain path");
  }
  Reads more(text);
  if (const auto version = pe_file_version(more.read(), size)) {
    require(version->find_first_not_of("0123456789.") == std::string::npos, "a version is numbers");
  }
  TarMember member{.path = "Windows/System32/ntdll.dll", .size = size};
  Programs programs;
  Reads once_more(text);
  programs.add(member, member.path, once_more.read());
  static_cast<void>(programs.windows_version());
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::check(ocimux::fuzz::text_of(data, size));
  return 0;
}
