#pragma once

#include "tar/member.hpp"

#include <ocimux/io/stream.hpp>

#include "io/file.hpp"

#include <memory>
#include <optional>
#include <span>

namespace ocimux {

/// What stands at the end of an archive.
enum class TarEnd {
  marked,    ///< two blocks of zeros, as POSIX says
  unmarked,  ///< one or none, behind a whole block
  followed,  ///< the same, and more than zeros behind it, which nobody reads
  unpadded,  ///< the last member's content, not filled up to a whole block
};

/// Reads a tar archive (ustar, GNU, pax) from front to back, through libarchive.
///
/// Content is skipped by position, so a walk over the headers of a large archive reads little
/// more than the headers. Everything that is not as the format says throws Errc::corrupt: a wrong
/// checksum, an archive that ends early (also between members: two zero blocks must stand at the
/// end), bytes after the end, a name that is absolute or climbs with `..`, headers that engines
/// read as something else (header_fault.hpp), a link that leads nowhere. Memory is bounded,
/// whatever an archive claims: more than 4 MiB of headers of one member are Errc::corrupt, a name
/// above 4096 bytes and more than 64 GiB in sparse members are Errc::unsupported.
class TarReader final {
 public:
  explicit TarReader(const std::shared_ptr<const File>& file);
  /// Reads an archive that comes as a stream and may be compressed, as decompressed() says: an
  /// image's layer. Layers are made by many programs, and have digests that say whether they are
  /// whole, so this is as lenient as container engines are: the archive may end right behind the
  /// last content, without padding and blocks of zeros (see end()); whatever stands behind these is
  /// read and dropped, and a name that begins with `/` is one inside the archive. The last next()
  /// has read @p from to its end. Offsets of members count in what was decompressed.
  explicit TarReader(std::unique_ptr<Source> from);
  /// How names are given: those that make no sense refused, or all as they stand in the archive.
  enum class Names { inside, verbatim };
  /// The same of a stream that is unpacked already.
  TarReader(std::unique_ptr<Source> from, Names names);
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;
  ~TarReader();

  /// The next member, or nothing after the last one (when the end was found in order).
  std::optional<TarMember> next();

  /// How the archive ends, once next() has found that. One in a file is always `marked`.
  [[nodiscard]] TarEnd end() const;

  /// Fills the front of @p into with the first bytes of the content of the member that next() gave
  /// last, holes as zeros, and says how many those are: fewer only where there are no more. Keeps
  /// them: content() gives all of the content nevertheless, and front() the same again. Not to be
  /// called after content().
  std::size_t front(std::span<std::byte> into);

  /// Writes the content of the member that next() gave last, holes as zeros, without finishing
  /// @p to. Once a member.
  void content(Sink& to);

  struct State;  ///< for the reader's own files

 private:
  std::unique_ptr<State> state_;
};

/// True when the file begins like a tar archive. Errors of the file itself throw.
bool looks_like_tar(const File& file);

}  // namespace ocimux
