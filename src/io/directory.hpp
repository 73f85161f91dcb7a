#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// Directories and names in them; failures are Errors that name the path.
namespace ocimux {

/// True when something is at @p path, where a link leads included. Throws where that cannot be told
/// (no permission, a failing disk): "nothing there" would be a wrong answer.
bool is_there(const std::filesystem::path& path);
/// The same for a directory.
bool is_directory_there(const std::filesystem::path& path);
/// Makes @p path; false when something of that name is there already.
bool make_directory(const std::filesystem::path& path);
/// Makes @p path and what is missing above it.
void make_directories(const std::filesystem::path& path);
/// Renames, replacing a file of the new name.
void rename_path(const std::filesystem::path& from, const std::filesystem::path& to);
/// Renames unless the new name is taken: then false.
bool rename_to_free_name(const std::filesystem::path& from, const std::filesystem::path& to);
/// Removes @p path and all below; what cannot be removed stays.
void remove_tree(const std::filesystem::path& path) noexcept;
/// Removes @p path and all below, or throws.
void remove_surely(const std::filesystem::path& path);
/// The names in @p path, sorted; none when there is no such directory.
std::vector<std::string> names_in(const std::filesystem::path& path);

}  // namespace ocimux
