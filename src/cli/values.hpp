#pragma once

#include <ocimux/jobs/edit.hpp>
#include <ocimux/jobs/merge.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The forms of values on the command line; each throws Errc::invalid_argument for another form.
namespace ocimux::cli {

/// `[PLATFORM=]INPUT`. What is there on disk under the whole text is an input.
MergeInput parse_input(const std::string& text);

/// Comma-separated platforms; `,osver=` belongs to the platform in front of it.
std::vector<Platform> parse_platforms(const std::vector<std::string>& lists);

/// One platform; nothing for no text.
std::optional<Platform> parse_platform(const std::string& text);

/// `[SELECTOR=]VALUE`.
Selected<std::string> parse_selected(const std::string& text);
std::vector<Selected<std::string>> parse_selected(const std::vector<std::string>& texts);

/// `[SELECTOR=]VERSION`, with the name of a Windows release (ltsc2022) as its version.
std::vector<Selected<std::string>> parse_os_versions(const std::vector<std::string>& texts);

/// The same without a selector.
std::string parse_os_version(const std::string& text);

/// `[SCOPE:][SELECTOR=]KEY=VALUE`.
AnnotationOption parse_annotation(const std::string& text);
/// The same for an edit, where no VALUE removes the annotation, and no SCOPE is none.
AnnotationEdit parse_annotation_edit(const std::string& text);

/// `NAME=VALUE`, or `NAME` for the value that @p environment has, as docker build takes them: a
/// name that is not set there is no argument.
std::vector<BuildArgument> parse_build_args(
    const std::vector<std::string>& texts,
    const std::function<const char*(const char*)>& environment);

/// The value of SOURCE_DATE_EPOCH: seconds since 1970; nothing when it is not set or empty.
std::optional<std::int64_t> parse_epoch(const char* text);

}  // namespace ocimux::cli
