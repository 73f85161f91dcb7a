#pragma once

#include <locale.h>

namespace ocimux {

/// While it lives, this thread's names are UTF-8. libarchive converts names of pax headers to
/// the locale's character set and damages what does not fit; a library must not ask its host to
/// call setlocale().
class Utf8Names final {
 public:
  Utf8Names();
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;
  ~Utf8Names();

 private:
  locale_t before_;
};

}  // namespace ocimux
