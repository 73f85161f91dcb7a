#include "tar/reader.hpp"

#include <ocimux/base/error.hpp>

#include "compress/decompressed.hpp"
#include "io/memory.hpp"
#include "tar/locale.hpp"
#include "tar/reader_state.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace ocimux {
namespace {

bool is_about_characters(const char* message) {
  return message != nullptr && std::strstr(message, "can't be converted") != nullptr;
}

}  // namespace

TarReader::TarReader(const std::shared_ptr<const File>& file) : state_(state_of(file)) {}

TarReader::TarReader(std::unique_ptr<Source> from)
    : state_(state_of(decompressed(std::move(from)), name_in_layer)) {}

TarReader::TarReader(std::unique_ptr<Source> from, Names names)
    : state_(state_of(std::move(from),
                      names == Names::verbatim ? name_as_it_stands : name_in_layer)) {}

TarReader::~TarReader() = default;

std::optional<TarMember> TarReader::next() {
  const Utf8Names names;
  archive* reader = state_->reader.get();
  archive_entry* entry = nullptr;
  const int result = state_->next_header(entry);
  if (result == ARCHIVE_EOF) {
    state_->found_end = state_->check_end();
    return std::nullopt;
  }
  if (result != ARCHIVE_OK &&
      (result != ARCHIVE_WARN || !is_about_characters(archive_error_string(reader)))) {
    state_->fail("a header that makes no sense");
  }
  TarMember member = member_of(entry, state_->read_name);
  member.header_offset = archive_read_header_position(reader);
  member.data_offset = archive_filter_bytes(reader, 0);
  state_->check_reach(member.data_offset);
  state_->check_headers(member);
  state_->check_member(member);
  state_->begin_content(member.size);
  return member;
}

TarEnd TarReader::end() const { return state_->found_end; }

std::size_t TarReader::front(std::span<std::byte> into) {
  std::string& kept = state_->kept;
  while (kept.size() < into.size()) {
    const Bytes more = state_->piece(into.size() - kept.size());
    if (more.empty()) break;
    kept += as_text(more);
  }
  const Bytes given = as_bytes(kept).first(std::min(kept.size(), into.size()));
  std::copy(given.begin(), given.end(), into.begin());
  return given.size();
}

void TarReader::content(Sink& to) {
  if (!state_->kept.empty()) to.write(as_bytes(state_->kept));
  for (;;) {
    const Bytes bytes = state_->piece(SIZE_MAX);
    if (bytes.empty()) return;
    to.write(bytes);
  }
}

bool looks_like_tar(const File& file) {
  // The magic of ustar, pax and GNU; v7 has none, and nothing has written that for decades.
  std::array<std::byte, 512> header{};
  if (file.read_at(header, 0) < header.size()) return false;
  return std::memcmp(header.data() + 257, "ustar", 5) == 0;
}

}  // namespace ocimux
