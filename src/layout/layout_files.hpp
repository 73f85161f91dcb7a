#pragma once

#include <ocimux/spec/documents.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace ocimux {

inline constexpr std::string_view layout_file_name = "oci-layout";
inline constexpr std::string_view index_file_name = "index.json";

/// The content of a file `oci-layout`.
std::string layout_file();
/// Throws unless @p text is the `oci-layout` of the one version there is.
void check_layout_file(std::string_view text);
/// The text of a layout's document, as it lies there. Errors name the file.
std::string read_layout_file(const std::filesystem::path& directory, std::string_view name);
/// Reads an `index.json`.
Index parse_index_file(std::string_view text);
/// An `index.json` without images.
Index empty_index();

}  // namespace ocimux
