#include "compose/working_directory.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <filesystem>

namespace ocimux {
namespace {

// `/app/../lib/` is `/lib`.
std::string shortest(const std::string& path) {
  std::string text = std::filesystem::path(path).lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  // Two slashes at the front are one to Docker.
  if (text.starts_with("//")) text.erase(0, 1);
  return text;
}

// With slashes, and without `C:`. `C:lib` is relative.
std::string without_drive(std::string_view path) {
  std::string text(path);
  std::replace(text.begin(), text.end(), '\\', '/');
  if (text.starts_with("//") || (text.size() == 2 && text[1] == ':')) {
    throw Error(Errc::invalid_argument,
                "expected a folder on drive C:, found '" + std::string(path) + "'");
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return text;
  const std::string drive = text.substr(0, colon);
  if (drive != "c" && drive != "C") {
    throw Error(Errc::invalid_argument,
                "expected a folder on drive C:, found '" + std::string(path) + "'");
  }
  return text.substr(colon + 1);
}

std::string below(std::string_view current, const std::string& path) {
  return path.starts_with('/') ? path : "/" + std::string(current) + "/" + path;
}

}  // namespace

std::string working_directory(std::string_view current, std::string_view path,
                              std::string_view os) {
  if (path.empty()) path = current.empty() ? "/" : current;
  if (os != "windows") {
    // An absolute path stays as it stands.
    return path.starts_with('/') ? std::string(path) : shortest(below(current, std::string(path)));
  }
  std::string text = shortest(below(without_drive(current), without_drive(path)));
  std::replace(text.begin(), text.end(), '/', '\\');
  return text;
}

std::string imported_working_directory(std::string_view current, std::string_view path,
                                       std::string_view os) {
  if (os != "windows") return shortest(below(current, std::string(path)));
  const bool absolute =
      path.starts_with('/') || path.starts_with('\\') || (path.size() > 1 && path[1] == ':');
  if (absolute) return std::string(path);
  std::string text(current);
  if (!text.ends_with('/') && !text.ends_with('\\')) text += '\\';
  return text.append(path);
}

}  // namespace ocimux
