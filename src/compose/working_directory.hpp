#pragma once

#include <string>
#include <string_view>

namespace ocimux {

/// WorkingDir after WORKDIR @p path, where it was @p current before, as BuildKit writes it:
/// absolute and in its shortest form; on Windows without the drive (which must be C:) and with
/// backslashes. Throws Errc::invalid_argument for another drive or a network share.
std::string working_directory(std::string_view current, std::string_view path, std::string_view os);

/// The same as `docker import -c` does: on Windows as it stands, below @p current where it is
/// relative.
std::string imported_working_directory(std::string_view current, std::string_view path,
                                       std::string_view os);

}  // namespace ocimux
