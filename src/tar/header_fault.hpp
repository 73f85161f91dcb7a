#pragma once

#include <optional>
#include <string_view>

namespace ocimux {

/// What is wrong with a header, in words of an error: what was expected, and what was found.
struct HeaderFault {
  std::string_view expected;
  std::string_view found;
};

/// Looks through @p headers, all blocks of a member before its content, for what libarchive reads
/// in another way than engines do, which would find another name or other content:
///
/// - a map of holes and the size with them, as in GNU tar's old format, or one of these, and
/// another
///   type than that of a member with holes; or that type, and not both. libarchive goes by the map
///   and the size, GNU tar and engines by the type.
/// - a prefix of the name in a header of GNU tar's format, which has none. Go's archive/tar takes
///   one where the times that should be there are no numbers (Go before 1.8 wrote such headers).
/// - a prefix in one that only nearly has the standard's magic, or that is longer than star's in a
///   header of star's, which libarchive takes and Go does not.
///
/// A text in a pax header that looks like such a header counts as one.
std::optional<HeaderFault> header_fault(std::string_view headers);

}  // namespace ocimux
