#pragma once

#include <string>
#include <string_view>

namespace ocimux {

/// A member's name as one form: no `./` in front, no `/` behind, no empty or `.` components.
/// Throws Errc::corrupt when it is absolute, has a `..` component or a NUL.
std::string member_path(std::string_view name);

}  // namespace ocimux
