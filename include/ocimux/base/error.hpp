#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace ocimux {

/// What went wrong, as far as a caller can act on it.
enum class Errc {
  invalid_argument,  ///< the caller asked for something that cannot be
  not_found,         ///< what was named is not there
  corrupt,           ///< the bytes are not what they claim to be
  unsupported,       ///< well formed, but of a kind ocimux does not handle
  conflict,          ///< two things that were said contradict each other
  already_exists,    ///< writing would replace something that nobody said to replace
  io,                ///< the operating system refused or failed
  network,           ///< a registry could not be reached, or gave up
  denied,            ///< permission is missing
  cancelled,         ///< the caller asked to stop
};

/// The one exception type that leaves this library.
///
/// `what()` is lower case, names what was expected and what was found, and carries its context
/// from the outside in (`arm64.tar: layer 3: …`). It never holds a credential.
class Error final : public std::runtime_error {
 public:
  Error(Errc code, const std::string& message, std::string hint = {});

  /// What the operating system said: `action: reason`, coded by @p error_number (an errno value).
  static Error from_errno(int error_number, std::string_view action);

  [[nodiscard]] Errc code() const noexcept { return code_; }

  /// What the reader could do about it; empty where there is nothing to say.
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }

  /// The same error with `where: ` in front of its message.
  [[nodiscard]] Error within(std::string_view where) const;

  /// The same error with another hint.
  [[nodiscard]] Error hinting(std::string hint) const;

 private:
  Errc code_;
  std::string hint_;
};

/// Runs @p work; an Error that leaves it gets `where: ` put in front.
template <typename Work>
auto within(std::string_view where, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Error& error) {
    throw error.within(where);
  }
}

}  // namespace ocimux
