#pragma once

#include "tar/member_headers.hpp"

#include <optional>
#include <string>

namespace ocimux {

/// What is wrong with a header, in words of an error: what was expected, and what was found.
struct HeaderFault {
  std::string expected;
  std::string found;
};

/// Looks through @p headers for what libarchive reads in another way than Go's archive/tar and so
/// engines do, which would find another name or other content, or none:
///
/// - a map of holes and the size with them, as in GNU tar's old format, or one of these, and
///   another type than that of a member with holes; or that type, and not both. libarchive goes by
///   the map and the size, GNU tar and engines by the type.
/// - a prefix of the name in a header of GNU tar's format, which has none. Go takes one where the
///   times that should be there are no numbers (Go before 1.8 wrote such headers).
/// - a prefix in one that only nearly has the standard's magic, or that is longer than star's in a
///   header of star's, which libarchive takes and Go does not.
/// - numbers that Go does not read, in any header.
/// - what pax_fault() finds.
std::optional<HeaderFault> header_fault(const MemberHeaders& headers);

/// The same of pax headers, and of GNU tar's long names beside them:
///
/// - a path, or the target of a link, in both: Go goes by the long name, libarchive by what comes
///   last.
/// - records of holes that are none of GNU tar's three forms (0.0, 0.1 and 1.0 of "Storing Sparse
///   Files" in its manual); libarchive takes each for itself.
/// - numbers, times and names that Go does not take; numbers and times without a value, which are
///   none to Go and 0 to libarchive.
/// - a global pax header behind a pax header or a long name: to Go these go for no member then, to
///   libarchive for the next one.
/// - a long name that is empty, which Go passes over.
std::optional<HeaderFault> pax_fault(const MemberHeaders& headers);

}  // namespace ocimux
