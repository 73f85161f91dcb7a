#include "tar/locale.hpp"

namespace ocimux {
namespace {

// Made once, because making one reads files; lives as long as the program. Null where the system
// has no such locale: then names outside ASCII stay in the bytes they have.
locale_t utf8() {
  static const locale_t locale =
      newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr));
  return locale;
}

}  // namespace

Utf8Names::Utf8Names() : before_(utf8() != nullptr ? uselocale(utf8()) : nullptr) {}

Utf8Names::~Utf8Names() {
  if (before_ != nullptr) uselocale(before_);
}

}  // namespace ocimux
