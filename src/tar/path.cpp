#include "tar/path.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <cstddef>

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

std::string_view parent_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string joined_path(std::string_view directory, std::string_view name) {
  return directory.empty() ? std::string(name) : std::string(directory) + "/" + std::string(name);
}

std::optional<std::string> follow_links(std::string_view path, const LinkAt& link_at) {
  constexpr int most_links = 40;
  std::string done;
  std::string rest(path);
  for (int followed = 0; !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string part = rest.substr(0, slash);
    rest.erase(0, std::min(slash + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      done = parent_path(done);
      continue;
    }
    std::string here = joined_path(done, part);
    const std::optional<std::string_view> target = link_at(here);
    if (!target) {
      done = std::move(here);
      continue;
    }
    if (++followed > most_links) return std::nullopt;
    if (target->starts_with('/')) done.clear();
    rest = std::string(*target) + "/" + rest;
  }
  return done;
}

}  // namespace ocimux
