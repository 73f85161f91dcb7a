#pragma once

#include "tar/member.hpp"

#include <ocimux/io/stream.hpp>

#include "io/file.hpp"

#include <memory>
#include <optional>

namespace ocimux {

/// Reads a tar archive (ustar, GNU, pax) from front to back, through libarchive.
///
/// Content is skipped by position, so a walk over the headers of a large archive reads little
/// more than the headers. Everything that is not as the format says throws Errc::corrupt: a wrong
/// checksum, an archive that ends early (also between members: two zero blocks must stand at the
/// end), bytes after the end, a name that is absolute or climbs with `..`.
class TarReader final {
 public:
  explicit TarReader(const std::shared_ptr<const File>& file);
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;
  ~TarReader();

  /// The next member, or nothing after the last one (when the end was found in order).
  std::optional<TarMember> next();

  /// Writes the content of the member that next() gave last, holes as zeros, without finishing
  /// @p to.
  void content(Sink& to);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// True when the file begins like a tar archive. Errors of the file itself throw.
bool looks_like_tar(const File& file);

}  // namespace ocimux
