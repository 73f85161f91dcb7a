#pragma once

#include <string>
#include <string_view>

namespace ocimux {

/// `10.0.<build>` for a name of a Windows release (`ltsc2022`, `1809`, `20H2`, in any case);
/// empty for anything else. The revision behind the build changes monthly; no name tells it.
/// Source: hcsshim, osversion/windowsbuilds.go.
std::string windows_os_version(std::string_view name);

/// The name base images are tagged with for an `os.version` such as `10.0.20348.1607`
/// (`ltsc2022`); empty for an unknown build.
std::string_view windows_release_name(std::string_view os_version);

/// True when both versions are of one build, or of builds that share their binaries and differ in
/// a switch alone (1903 and 1909; 2004 to 22H2), as files' version resources tell them.
/// https://learn.microsoft.com/windows/whats-new/whats-new-windows-10-version-20h2 (enablement
/// packages)
bool is_same_windows_code(std::string_view a, std::string_view b);

/// Compares dotted numbers by number, not by letter: 10.0.9600 < 10.0.14393. A part that is not a
/// number comes after those that are, in the order of text. Negative, zero or positive, as in
/// strcmp.
int compare_versions(std::string_view a, std::string_view b);

}  // namespace ocimux
