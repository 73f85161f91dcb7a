#include "tar/reader_state.hpp"

#include "tar/correction.hpp"
#include "tar/header_fault.hpp"
#include "tar/pulled.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

// Of one member, all extension headers together: an old GNU sparse map may have any number of
// blocks, and libarchive keeps it. A pax header with every attribute a file can have stays below 1
// MiB.
constexpr std::int64_t largest_header = 4 << 20;
// Holes are written out as zeros, and some bytes can claim any number of them.
constexpr std::int64_t largest_sparse_content = std::int64_t{64} << 30;

std::string shown_path(const TarMember& member) { return member.path.empty() ? "." : member.path; }

// A name for errors costs nothing where there is none: this is done for every member.
MemberHeaders split(std::string_view bytes, const TarMember& member) {
  try {
    return split_headers(bytes);
  } catch (const Error& error) {
    throw error.within("'" + shown_path(member) + "'");
  }
}

}  // namespace

void throw_large_header() {
  throw Error(Errc::corrupt, "expected at most " + std::to_string(largest_header >> 20) +
                                 " MiB of headers of one member, found more");
}

Error content_where_none_is(const TarMember& member) {
  return {Errc::corrupt,
          "'" + shown_path(member) +
              "': expected content only in regular files, found a size in another kind",
          member.odd_type == 'D' ? "it is GNU tar's incremental format: make the archive without "
                                   "--listed-incremental (-g)"
                                 : ""};
}

TarReader::State::State() : reader(archive_read_new()) {
  if (!reader) throw Error(Errc::io, "no memory to read an archive");
  archive_read_support_format_tar(reader.get());
}

int TarReader::State::next_header(archive_entry*& entry) {
  // What is left of the content is none of it. (libarchive would pass over it itself.)
  if (in_member_) {
    const int result = pass_over();
    if (result == ARCHIVE_EOF || result == ARCHIVE_FATAL) fail("content that ends early");
  }
  limit_header(largest_header);
  const int result = archive_read_next_header(reader.get(), &entry);
  limit_header(INT64_MAX);
  in_member_ = result == ARCHIVE_OK || result == ARCHIVE_WARN;
  return result;
}

void TarReader::State::check_headers(TarMember& member) {
  const std::string bytes = headers_of(member);
  const MemberHeaders headers = split(bytes, member);
  if (const auto fault = header_fault(headers)) {
    throw Error(
        Errc::corrupt,
        "'" + shown_path(member) + "': expected " + fault->expected + ", found " + fault->found,
        "tar programs disagree on what such a member is: make the archive again");
  }
  correct(member, headers, read_name);
  if (headers.have_holes() && member.kind != TarMember::Kind::regular) {
    throw Error(
        Errc::corrupt,
        "'" + shown_path(member) + "': expected holes in files alone, found them in another kind",
        "the archive is damaged: make it again");
  }
  member.odd_type = headers.odd_type;
  if (headers.type() == '0' && member.kind == TarMember::Kind::directory) member.odd_type = '0';
  member.sparse = member.sparse || headers.have_holes();
  if (!member.sparse) return;
  if (member.size > largest_sparse_content - sparse_content_) {
    throw Error(Errc::unsupported,
                "'" + member.path + "': expected at most " +
                    std::to_string(largest_sparse_content >> 30) +
                    " GiB in all sparse members together, found more",
                "leave out files that are nearly all holes, such as /var/log/lastlog");
  }
  sparse_content_ += member.size;
}

void TarReader::State::open(void* data, archive_read_callback* on_read) const {
  archive_read_set_read_callback(reader.get(), on_read);
  archive_read_set_callback_data(reader.get(), data);
  if (archive_read_open1(reader.get()) != ARCHIVE_OK) fail("it cannot be opened");
}

void TarReader::State::fail(const char* otherwise) const {
  if (auto parked = failure()) std::rethrow_exception(parked);
  const char* message = archive_error_string(reader.get());
  throw Error(
      Errc::corrupt,
      "expected a whole tar archive, found damage at offset " +
          std::to_string(std::max<std::int64_t>(archive_read_header_position(reader.get()), 0)) +
          ": " + (message != nullptr ? message : otherwise),
      "the file is incomplete or damaged: copy or build it again");
}

void TarReader::State::begin_content(std::int64_t size) {
  kept.clear();
  size_ = size;
  block_ = {};
  position_ = 0;
  block_offset_ = 0;
  ended_ = false;
}

Bytes TarReader::State::piece(std::size_t most) {
  static constexpr std::array<std::byte, 4096> zeros{};
  while (position_ == block_offset_ && block_.empty()) {
    if (ended_) {
      if (position_ != size_) throw_wrong_content();
      return {};
    }
    read_block();
  }
  const bool hole = position_ < block_offset_;
  const std::size_t size = hole ? static_cast<std::size_t>(std::min<std::int64_t>(
                                      block_offset_ - position_, zeros.size()))
                                : block_.size();
  const Bytes given = (hole ? Bytes(zeros) : block_).first(std::min(size, most));
  position_ += static_cast<std::int64_t>(given.size());
  if (!hole) {
    block_ = block_.subspan(given.size());
    block_offset_ = position_;
  }
  return given;
}

void TarReader::State::read_block() {
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int result = archive_read_data_block(reader.get(), &bytes, &size, &offset);
  if (result != ARCHIVE_OK && result != ARCHIVE_EOF) fail("content that ends early");
  ended_ = result == ARCHIVE_EOF;
  // At the end of the content its padding is behind it already.
  if (!ended_) check_reach(archive_filter_bytes(reader.get(), 0) + static_cast<la_int64_t>(size));
  block_ = ended_ ? Bytes() : Bytes(static_cast<const std::byte*>(bytes), size);
  block_offset_ = std::max(position_, offset);
  if (block_offset_ > size_ || static_cast<std::int64_t>(size) > size_ - block_offset_) {
    throw_wrong_content();
  }
}

// Where a member has a map of holes that does not fit its size.
void TarReader::State::throw_wrong_content() const {
  throw Error(Errc::corrupt, "expected a member with " + std::to_string(size_) +
                                 " bytes of content, found a sparse one of another size");
}

}  // namespace ocimux
