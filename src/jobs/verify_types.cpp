#include "jobs/verify_types.hpp"

#include "jobs/verify_paths.hpp"

#include <string_view>

namespace ocimux {
namespace {

std::string number(char type) { return std::to_string(static_cast<unsigned char>(type)); }

std::string shown(char type) {
  const bool printable = type > ' ' && type <= '~';
  return printable ? "'" + std::string(1, type) + "' (" + number(type) + ")" : number(type);
}

std::string_view meaning(char type) {
  switch (type) {
    case 'S': return ", a file with holes in GNU tar's old format";
    case 'V': return ", a volume label of GNU tar's";
    case 'D': return ", a directory in GNU tar's incremental format";
    case 'M': return ", a continued file of GNU tar's";
    case '7': return ", a contiguous file";
    default: return "";
  }
}

}  // namespace

std::optional<Said> odd_type(const TarMember& member, const std::string& path) {
  if (!member.odd_type) return std::nullopt;
  const char type = *member.odd_type;
  const std::string place = in_quotes(path.empty() ? "." : path);
  if (type == '0') {
    return Said{"directories of type '5'",
                place +
                    " of type '0', which a '/' behind its name makes a directory to tar "
                    "programs and not to engines",
                "have the program that makes the layer write '5'"};
  }
  return Said{"members of the types that engines unpack, '0' to '6'",
              place + " of type " + shown(type) + std::string(meaning(type)),
              "engines refuse such a layer (unhandled tar header type " + number(type) +
                  "): make it with tar --format=posix; merge writes such root filesystem tars "
                  "anew"};
}

}  // namespace ocimux
