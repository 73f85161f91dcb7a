#include "compress/codec.hpp"

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace ocimux {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::pair<std::string_view, Codec>, 3> magics{{
    {"\x1f\x8b\x08"sv, Codec::gzip},
    {"\x28\xb5\x2f\xfd"sv, Codec::zstd},
    {"\xfd"sv
     "7zXZ\0"sv,
     Codec::xz},
}};

// `BZh`, the level, and the first bytes of a block or (of an empty stream) of the end: a tar may
// begin with a file whose name begins with `BZh`.
bool is_bzip2(std::string_view text) {
  return text.size() >= sniff_length && text.starts_with("BZh") && text[3] >= '1' &&
         text[3] <= '9' && (text.substr(4, 2) == "1A"sv || text.substr(4, 2) == "\x17r"sv);
}

struct Levels {
  int lowest;
  int highest;
  int usual;
};

Levels levels_of(Codec codec) {
  return codec == Codec::gzip ? Levels{1, 9, Compression{}.level} : Levels{1, 19, 3};
}

}  // namespace

Codec sniff(Bytes front) {
  const std::string_view text = as_text(front);
  // A skippable frame may come first in a zstd stream: any of sixteen magic numbers.
  if (text.size() >= 4 && (static_cast<unsigned char>(text[0]) & 0xf0U) == 0x50U &&
      text.substr(1, 3) == "\x2a\x4d\x18"sv) {
    return Codec::zstd;
  }
  for (const auto& [magic, codec] : magics) {
    if (text.starts_with(magic)) return codec;
  }
  return is_bzip2(text) ? Codec::bzip2 : Codec::none;
}

std::string_view name_of(Codec codec) {
  switch (codec) {
    case Codec::none: return "none";
    case Codec::gzip: return "gzip";
    case Codec::zstd: return "zstd";
    case Codec::xz: return "xz";
    case Codec::bzip2: return "bzip2";
  }
  return "none";
}

Compression Compression::parse(std::string_view text) {
  const auto wrong = [&] {
    return Error(Errc::invalid_argument,
                 "expected a compression (gzip, gzip:1 … gzip:9, zstd, zstd:1 … zstd:19 or none), "
                 "found '" +
                     std::string(text) + "'");
  };
  if (text == "none") return {Codec::none, 0};
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (name != "gzip" && name != "zstd") throw wrong();
  const Codec codec = name == "gzip" ? Codec::gzip : Codec::zstd;
  const Levels levels = levels_of(codec);
  if (colon == std::string_view::npos) return {codec, levels.usual};

  const std::string_view number = text.substr(colon + 1);
  int level = 0;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), level);
  if (failure != std::errc() || end != number.data() + number.size() || level < levels.lowest ||
      level > levels.highest) {
    throw wrong();
  }
  return {codec, level};
}

}  // namespace ocimux
