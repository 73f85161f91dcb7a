#include "cli/values.hpp"

#include <ocimux/base/error.hpp>

#include "source/reference.hpp"
#include "spec/windows_version.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <utility>

namespace ocimux::cli {
namespace {

constexpr std::array<std::pair<std::string_view, AnnotationScope>, 3> scopes{{
    {"index:", AnnotationScope::index},
    {"descriptor:", AnnotationScope::descriptor},
    {"manifest:", AnnotationScope::manifest},
}};

// A path may have an '=' of its own: oci:a=b/layout:main.
bool is_reference(const std::string& text) {
  try {
    static_cast<void>(LocalReference::parse(text));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

MergeInput parse_input(const std::string& text) {
  std::error_code failure;
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || std::filesystem::exists(text, failure)) return {text};
  try {
    return {text.substr(equals + 1), Platform::parse(std::string_view(text).substr(0, equals))};
  } catch (const Error&) {
    if (is_reference(text)) return {text};
    throw;
  }
}

std::vector<Platform> parse_platforms(const std::vector<std::string>& lists) {
  std::vector<Platform> platforms;
  for (std::string_view list : lists) {
    for (std::size_t begin = 0; begin <= list.size();) {
      std::size_t end = list.find(',', begin);
      if (end != std::string_view::npos && list.substr(end).starts_with(",osver=")) {
        end = list.find(',', end + 1);
      }
      platforms.push_back(Platform::parse(list.substr(begin, end - begin)));
      if (end == std::string_view::npos) break;
      begin = end + 1;
    }
  }
  return platforms;
}

std::optional<Platform> parse_platform(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return within("--platform", [&] { return Platform::parse(text); });
}

Selected<std::string> parse_selected(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos) {
    if (const auto selector = Selector::parse(std::string_view(text).substr(0, equals))) {
      return {*selector, text.substr(equals + 1)};
    }
  }
  return {Selector(), text};
}

std::vector<Selected<std::string>> parse_selected(const std::vector<std::string>& texts) {
  std::vector<Selected<std::string>> all;
  all.reserve(texts.size());
  for (const std::string& text : texts) all.push_back(parse_selected(text));
  return all;
}

std::vector<Selected<std::string>> parse_os_versions(const std::vector<std::string>& texts) {
  std::vector<Selected<std::string>> all = parse_selected(texts);
  for (Selected<std::string>& one : all) one.value = parse_os_version(one.value);
  return all;
}

std::string parse_os_version(const std::string& text) {
  std::string release = windows_os_version(text);
  if (!release.empty()) return release;
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string::npos) {
    throw Error(Errc::invalid_argument,
                "--os-version: expected numbers and dots, found '" + text + "'",
                "for example 10.0.20348.1607, or ltsc2022");
  }
  return text;
}

AnnotationOption parse_annotation(const std::string& text) {
  AnnotationOption option;
  std::string rest = text;
  for (const auto& [prefix, scope] : scopes) {
    if (!rest.starts_with(prefix)) continue;
    option.scope = scope;
    rest.erase(0, prefix.size());
    break;
  }
  const auto wrong = [&](const std::string& found) {
    return Error(
        Errc::invalid_argument,
        "--annotation: expected [SCOPE:][SELECTOR=]KEY=VALUE, found '" + text + "'" + found,
        "for example descriptor:linux/arm64=org.example.board=rpi; the scopes are index, "
        "descriptor and manifest");
  };
  // With one '=' there is no selector: it parts the key from the value.
  bool selected = false;
  if (rest.find('=') != rest.rfind('=')) {
    const Selected<std::string> parsed = parse_selected(rest);
    selected = parsed.value != rest;
    option.selector = parsed.selector;
    rest = parsed.value;
  }
  if (selected && option.scope == AnnotationScope::index) {
    throw wrong(": the index is one for all platforms");
  }
  const std::size_t equals = rest.find('=');
  if (equals == std::string::npos || equals == 0) throw wrong("");
  option.key = rest.substr(0, equals);
  option.value = rest.substr(equals + 1);
  return option;
}

AnnotationEdit parse_annotation_edit(const std::string& text) {
  AnnotationOption parsed = parse_annotation(text);
  const bool scoped = std::any_of(scopes.begin(), scopes.end(),
                                  [&](const auto& scope) { return text.starts_with(scope.first); });
  AnnotationEdit edit{{}, parsed.selector, std::move(parsed.key)};
  if (scoped) edit.scope = parsed.scope;
  if (!parsed.value.empty()) edit.value = std::move(parsed.value);
  return edit;
}

std::vector<BuildArgument> parse_build_args(
    const std::vector<std::string>& texts,
    const std::function<const char*(const char*)>& environment) {
  std::vector<BuildArgument> arguments;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (text.empty() || equals == 0) {
      throw Error(Errc::invalid_argument,
                  "--build-arg: expected NAME=VALUE or NAME, found '" + text + "'");
    }
    if (equals != std::string::npos) {
      arguments.push_back({text.substr(0, equals), text.substr(equals + 1)});
    } else if (const char* value = environment(text.c_str())) {
      arguments.push_back({text, value});
    }
  }
  return arguments;
}

std::optional<std::int64_t> parse_epoch(const char* text) {
  const std::string_view value = text == nullptr ? "" : text;
  if (value.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (failure != std::errc() || end != value.data() + value.size() || seconds < 0) {
    throw Error(Errc::invalid_argument, "SOURCE_DATE_EPOCH: expected seconds since 1970, found '" +
                                            std::string(value) + "'");
  }
  return seconds;
}

}  // namespace ocimux::cli
