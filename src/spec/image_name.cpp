#include <ocimux/spec/image_name.hpp>

namespace ocimux {
namespace {

bool is_host(std::string_view part) {
  return part == "localhost" || part.find_first_of(".:") != std::string_view::npos;
}

}  // namespace

std::string normalized_image_name(std::string_view name) {
  std::string_view path = name;
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos && is_host(name.substr(0, slash))) {
    const std::string_view host = name.substr(0, slash);
    if (host != "docker.io" && host != "index.docker.io") return std::string(name);
    path.remove_prefix(slash + 1);
  }
  const bool official = path.find('/') == std::string_view::npos;
  return (official ? "docker.io/library/" : "docker.io/") + std::string(path);
}

}  // namespace ocimux
