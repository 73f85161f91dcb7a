#pragma once

#include <ocimux/base/error.hpp>

#include <string>
#include <utility>

namespace ocimux::test {

inline std::string name_of(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::not_found: return "not_found";
    case Errc::corrupt: return "corrupt";
    case Errc::unsupported: return "unsupported";
    case Errc::conflict: return "conflict";
    case Errc::already_exists: return "already_exists";
    case Errc::io: return "io";
    case Errc::network: return "network";
    case Errc::denied: return "denied";
    case Errc::cancelled: return "cancelled";
  }
  return "?";
}

/// The Error that @p work ends with, as one text: `corrupt: expected …, found …`, and its hint in
/// brackets behind. Empty when nothing was refused.
template <typename Work>
std::string refusal(Work&& work) {
  try {
    static_cast<void>(std::forward<Work>(work)());
  } catch (const Error& error) {
    const std::string hint = error.hint().empty() ? "" : " [" + error.hint() + "]";
    return name_of(error.code()) + ": " + error.what() + hint;
  }
  return {};
}

}  // namespace ocimux::test
