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

  std::string path;
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('/'));
    name.remove_prefix(part.size() == name.size() ? name.size() : part.size() + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") throw refuse("which climbs with '..'");
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

}  // namespace ocimux
