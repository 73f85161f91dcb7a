#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// `<<NAME` or `<<-NAME` in a line of a Dockerfile.
struct HeredocMark {
  std::string name;           ///< without quotes: the line that ends the body
  bool tabs_are_off = false;  ///< `<<-`: tabs in front of that line are no part of it
};

/// The heredocs that @p line begins, in their order.
/// Throws Errc::invalid_argument for a name with a quote that is not closed.
std::vector<HeredocMark> heredoc_marks(std::string_view line);

}  // namespace ocimux
