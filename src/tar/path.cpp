#include "tar/path.hpp"

#include <ocimux/base/error.hpp>

namespace ocimux {

std::string member_path(std::string_view name) {
  const auto refuse = [&](const char* found) {
    return Error(Errc::corrupt,
                 "expected names inside the archive, found '" + std::string(name) + "', " + found,
                 "such a name could write outside the directory it is unpacked in; make the "
                 "archive again from inside its root (tar -C DIR -c .)");
  };
  if (name.starts_with('/')) throw refuse("an absolute path");
  if (name.find('\0') != std::string_view::npos) throw refuse("which holds a NUL");

  std::string path;
  for (std::string_view rest = name; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size() == rest.size() ? rest.size() : part.size() + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") throw refuse("which climbs with '..'");
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

}  // namespace ocimux
