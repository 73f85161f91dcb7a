#include "tar/header_fields.hpp"
#include "tar/pulled.hpp"
#include "tar/reader_state.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace ocimux {
namespace {

constexpr std::int64_t block_size = tar_block;
constexpr std::int64_t end_marker = 2 * block_size;

bool has_content(Bytes bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b != std::byte{}; });
}

class StreamState final : public TarReader::State {
 public:
  StreamState(std::unique_ptr<Source> from, NameReading names) : pulled_{std::move(from)} {
    read_name = names;
    archive_read_support_format_empty(reader.get());
    open(&pulled_, Pulled::on_read);
  }

  [[nodiscard]] std::exception_ptr failure() const override { return pulled_.failure; }

  int pass_over() override {
    const void* bytes = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    while (archive_read_data_block(reader.get(), &bytes, &size, &offset) == ARCHIVE_OK) {
      check_reach(archive_filter_bytes(reader.get(), 0) + static_cast<std::int64_t>(size));
    }
    return archive_read_data_skip(reader.get());
  }

  void check_reach(std::int64_t offset) override {
    if (offset <= pulled_.end) return;
    throw Error(Errc::corrupt,
                "expected headers and content up to offset " + std::to_string(offset) +
                    ", found the end of the archive at " + std::to_string(pulled_.end),
                "it is incomplete: copy or build it again");
  }

  void limit_header(std::int64_t bytes) override {
    if (bytes != INT64_MAX) pulled_.before.clear();
    pulled_.limit = bytes == INT64_MAX ? bytes : pulled_.position + bytes;
  }

  // A size where no content can be is passed over, as engines do.
  void check_member(const TarMember& member) override {
    if (member.kind != TarMember::Kind::regular && member.size != 0) {
      throw content_where_none_is(member);
    }
    if (member.size < 0) throw Error(Errc::corrupt, "'" + member.path + "': negative size");
  }

  [[nodiscard]] std::string headers_of(const TarMember& member) const override {
    return pulled_.between(member.header_offset, member.data_offset);
  }

  // Behind the last content, engines take the end of the stream wherever it comes; but what begins
  // with a block of zeros must go on with another, and what begins with anything is a header.
  // (Where extension headers of no member stand, only libarchive knows where they end.)
  TarEnd check_end() override {
    if (pulled_.failure) std::rethrow_exception(pulled_.failure);
    const std::int64_t at = archive_read_header_position(reader.get());
    const std::int64_t behind = archive_filter_bytes(reader.get(), 0);
    bool followed = has_content(pulled_.from_there(behind));
    while (!pulled_.pull().empty()) followed = followed || has_content(pulled_.have);
    if (pulled_.end < at) return TarEnd::unpadded;
    if (behind - at >= end_marker && pulled_.end >= behind) {
      return followed ? TarEnd::followed : TarEnd::marked;
    }
    if (pulled_.end != at && pulled_.end != at + block_size) throw wrong_end(at);
    return TarEnd::unmarked;
  }

 private:
  [[nodiscard]] static Error wrong_end(std::int64_t at) {
    return {Errc::corrupt,
            "expected two blocks of zeros at the end of the archive (offset " + std::to_string(at) +
                "), found only a part of them",
            "it is incomplete or damaged: copy or build it again"};
  }

  Pulled pulled_;
};

}  // namespace

std::unique_ptr<TarReader::State> state_of(std::unique_ptr<Source> from, NameReading names) {
  return std::make_unique<StreamState>(std::move(from), names);
}

}  // namespace ocimux
