#include <ocimux/base/error.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

namespace ocimux {
namespace {

Errc code_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR: return Errc::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return Errc::denied;
    case EEXIST: return Errc::already_exists;
    default: return Errc::io;
  }
}

}  // namespace

Error::Error(Errc code, const std::string& message, std::string hint)
    : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

Error Error::from_errno(int error_number, std::string_view action) {
  std::string message(action);
  message += ": ";
  // generic_category is thread safe, strerror is not.
  message += std::generic_category().message(error_number);
  return {code_of(error_number), message};
}

Error Error::within(std::string_view where) const {
  return {code_, std::string(where) + ": " + what(), hint_};
}

Error Error::hinting(std::string hint) const { return {code_, what(), std::move(hint)}; }

}  // namespace ocimux
