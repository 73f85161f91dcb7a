#pragma once

#include "tar/member.hpp"

#include <string>
#include <vector>

namespace ocimux::test {

/// A member as our reader gives it, with its content.
struct ReadMember {
  TarMember header;
  std::string content;
};

/// Everything in the archive @p bytes, through our reader.
std::vector<ReadMember> members_of(const std::string& bytes);

/// The member of that path; throws when there is none.
const ReadMember& member(const std::vector<ReadMember>& members, const std::string& path);

/// @p headers and contents through our writer.
std::string written(const std::vector<ReadMember>& members);

/// The archive that the shell commands @p script leave on stdout; they run in an empty directory.
std::string archive_by(const std::string& script);

/// What a field of a tar header says after it was changed to @p value; the checksum is mended.
/// @p header is where the header begins in @p archive.
void set_field(std::string& archive, std::size_t header, std::size_t offset,
               const std::string& value);

}  // namespace ocimux::test
