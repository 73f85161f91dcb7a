#include "registry/reference.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/image_name.hpp>

#include "spec/letter_case.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace ocimux {
namespace {

constexpr std::string_view hub = "docker.io";
constexpr std::size_t longest_repository = 255;  // of docker's clients and most servers

Error wrong(std::string_view expected, std::string_view found, std::string hint = {}) {
  return {Errc::invalid_argument,
          "expected " + std::string(expected) + ", found '" + std::string(found) + "'",
          std::move(hint)};
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_alphanumeric(char c) { return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z'); }

// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) {
    return false;
  }
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && !is_lower_or_digit(text[end])) ++end;
    const std::string_view separator = text.substr(i, end - i);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    i = end + 1;
  }
  return true;
}

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

bool is_label(std::string_view text) {
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_name(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_ipv6(std::string_view text) {
  return text.size() > 3 && text.front() == '[' && text.back() == ']' &&
         text.substr(1, text.size() - 2).find_first_not_of("0123456789abcdefABCDEF:.") ==
             std::string_view::npos;
}

bool is_host(std::string_view text) {
  const std::size_t bracket = text.find(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view name = text.substr(0, colon);
  if (!is_ipv6(name) && !is_name(name)) return false;
  return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

// As docker tells a host from the first part of a path.
bool looks_like_host(std::string_view text) {
  return text == "localhost" || text.find_first_of(".:[") != std::string_view::npos;
}

std::string parse_host(std::string_view text) {
  if (!is_host(text)) throw wrong("a registry as HOST or HOST:PORT", text);
  constexpr std::array<std::string_view, 3> of_hub{"index.docker.io", "registry-1.docker.io",
                                                   "registry.hub.docker.com"};
  std::string host = lower(text);
  return std::find(of_hub.begin(), of_hub.end(), host) != of_hub.end() ? std::string(hub) : host;
}

void check_repository(std::string_view text) {
  const std::string_view expected =
      "a repository of lower-case letters, digits and single separators (. _ - /)";
  for (std::string_view rest = text;;) {
    const std::size_t slash = rest.find('/');
    if (!is_path_component(rest.substr(0, slash))) throw wrong(expected, text);
    if (slash == std::string_view::npos) return;
    rest.remove_prefix(slash + 1);
  }
}

Digest parse_digest(std::string_view text) {
  try {
    return Digest::parse(text);
  } catch (const Error& error) {
    throw Error(Errc::invalid_argument, error.what());  // what was typed is wrong, no content
  }
}

Reference parse_parts(std::string_view rest) {
  Reference reference;
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    reference.digest = parse_digest(rest.substr(at + 1));
    rest = rest.substr(0, at);
  }
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos && looks_like_host(rest.substr(0, slash))) {
    reference.host = parse_host(rest.substr(0, slash));
    rest.remove_prefix(slash + 1);
  } else {
    reference.host = hub;
  }
  if (const std::size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    reference.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!is_tag(reference.tag)) {
      throw wrong("a tag of letters, digits, '_', '.' and '-', 128 at most", reference.tag);
    }
  }
  check_repository(rest);
  reference.repository = rest;
  if (reference.host == hub && rest.find('/') == std::string_view::npos) {
    reference.repository = "library/" + reference.repository;
  }
  if (reference.repository.size() > longest_repository) {
    throw wrong("a repository of at most 255 bytes", reference.repository);
  }
  return reference;
}

std::string_view without_prefix(std::string_view text) {
  if (text.starts_with(registry_prefix)) text.remove_prefix(registry_prefix.size());
  return text;
}

}  // namespace

bool names_host(std::string_view text) {
  const std::string_view rest = without_prefix(text);
  const std::size_t slash = rest.find('/');
  return slash != std::string_view::npos && looks_like_host(rest.substr(0, slash));
}

Reference Reference::parse(std::string_view text) {
  return within(text, [&] { return parse_parts(without_prefix(text)); });
}

std::string Reference::string() const {
  return host + "/" + repository + (tag.empty() ? "" : ":" + tag) +
         (digest ? "@" + digest->string() : "");
}

std::string Reference::version() const {
  if (digest) return digest->string();
  return tag.empty() ? "latest" : tag;
}

std::string Reference::address() const { return host == hub ? "registry-1.docker.io" : host; }

}  // namespace ocimux
