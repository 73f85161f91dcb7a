#include <ocimux/spec/image_name.hpp>

#include <algorithm>

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

bool is_tag(std::string_view text) {
  constexpr std::size_t longest = 128;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  };
  return !text.empty() && text.size() <= longest && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

}  // namespace ocimux
