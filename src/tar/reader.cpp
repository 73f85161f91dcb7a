#include "tar/reader.hpp"

#include <ocimux/base/error.hpp>

#include "base/handle.hpp"
#include "compress/decompressed.hpp"
#include "io/memory.hpp"
#include "tar/entry.hpp"
#include "tar/locale.hpp"
#include "tar/path.hpp"
#include "tar/pulled.hpp"
#include "tar/pulled_file.hpp"
#include "tar/sparse.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

namespace ocimux {
namespace {

constexpr std::int64_t block_size = 512;
constexpr std::int64_t end_marker = 2 * block_size;
constexpr std::int64_t size_offset = 124;  // of the size in a header
constexpr std::size_t size_width = 12;
// A tar program fills its last record with zeros; the largest record GNU tar users ask for
// (--blocking-factor) is far below this. More would be a way to hide or to inflate.
constexpr std::int64_t largest_padding = 4 << 20;
// Of one member, all extension headers together: an old GNU sparse map may have any number of
// blocks, and libarchive keeps it. A pax header with every attribute a file can have stays below 1
// MiB.
constexpr std::int64_t largest_header = 4 << 20;
// Holes are written out as zeros, and some bytes can claim any number of them.
constexpr std::int64_t largest_sparse_content = std::int64_t{64} << 30;

bool is_about_characters(const char* message) {
  return message != nullptr && std::strstr(message, "can't be converted") != nullptr;
}

Error content_where_none_is(const TarMember& member) {
  return {Errc::corrupt, "'" + member.path +
                             "': expected content only in regular files, "
                             "found a size in another kind"};
}

}  // namespace

void throw_large_header() {
  throw Error(Errc::corrupt, "expected at most " + std::to_string(largest_header >> 20) +
                                 " MiB of headers of one member, found more");
}

struct TarReader::State {
  State() : reader(archive_read_new()) {
    if (!reader) throw Error(Errc::io, "no memory to read an archive");
    archive_read_support_format_tar(reader.get());
  }
  virtual ~State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// What a callback parked, and was not rethrown yet.
  [[nodiscard]] virtual std::exception_ptr failure() const = 0;
  virtual void check_member(const TarMember& member) = 0;
  /// Whether its headers say that @p member is stored with holes, though libarchive does not.
  [[nodiscard]] virtual bool is_sparse(const TarMember& member) const = 0;
  virtual TarEnd check_end() = 0;
  /// Gives the next header so many bytes from here on; INT64_MAX: as many as it likes.
  virtual void limit_header(std::int64_t bytes) = 0;

  /// Comes to the end of the content; says what libarchive does.
  virtual int pass_over() = 0;
  /// Throws when bytes of an archive up to @p offset are none of it.
  virtual void check_reach(std::int64_t offset) = 0;

  /// libarchive's next header, in bounded memory.
  int next_header(archive_entry*& entry) {
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

  void check_holes(const TarMember& member) {
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

  void open(void* data, archive_read_callback* on_read) const {
    archive_read_set_read_callback(reader.get(), on_read);
    archive_read_set_callback_data(reader.get(), data);
    if (archive_read_open1(reader.get()) != ARCHIVE_OK) fail("it cannot be opened");
  }

  [[noreturn]] void fail(const char* otherwise) const {
    if (auto parked = failure()) std::rethrow_exception(parked);
    const char* message = archive_error_string(reader.get());
    throw Error(
        Errc::corrupt,
        "expected a whole tar archive, found damage at offset " +
            std::to_string(std::max<std::int64_t>(archive_read_header_position(reader.get()), 0)) +
            ": " + (message != nullptr ? message : otherwise),
        "the file is incomplete or damaged: copy or build it again");
  }

  void begin_content(std::int64_t size) {
    kept.clear();
    size_ = size;
    block_ = {};
    position_ = 0;
    block_offset_ = 0;
    ended_ = false;
  }

  /// The next bytes of the content, at most @p most; none at the end.
  Bytes piece(std::size_t most) {
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

  Handle<archive, archive_read_free> reader;
  NameReading read_name = member_path;
  TarEnd found_end = TarEnd::marked;
  std::string kept;  // the front of the content, as far as it was asked for

 private:
  void read_block() {
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
  [[noreturn]] void throw_wrong_content() const {
    throw Error(Errc::corrupt, "expected a member with " + std::to_string(size_) +
                                   " bytes of content, found a sparse one of another size");
  }

  Bytes block_;                    // of the content, what is left to give of it
  std::int64_t block_offset_ = 0;  // where that stands in the content
  std::int64_t position_ = 0;      // up to which the content was given
  std::int64_t size_ = 0;          // of the content
  std::int64_t sparse_content_ = 0;
  bool ended_ = false;
  bool in_member_ = false;
};

namespace {

/// An archive in a file, whose every byte is accounted for.
class FileState final : public TarReader::State {
 public:
  explicit FileState(const std::shared_ptr<const File>& opened) : client_{opened, opened->size()} {
    archive_read_set_skip_callback(reader.get(), PulledFile::on_skip);
    open(&client_, PulledFile::on_read);
  }

  [[nodiscard]] std::exception_ptr failure() const override { return client_.failure; }

  int pass_over() override { return archive_read_data_skip(reader.get()); }

  // libarchive itself sees where a file ends.
  void check_reach(std::int64_t /*offset*/) override {}

  void limit_header(std::int64_t bytes) override {
    client_.limit = bytes == INT64_MAX ? bytes : client_.position + bytes;
  }

  void check_member(const TarMember& member) override {
    if (member.path.empty() && member.kind != TarMember::Kind::directory) {
      throw Error(Errc::corrupt, "'.': expected a directory as the root, found something else");
    }
    // tar programs disagree on whether such content is there at all; what one skips another reads
    // as the next header.
    if (member.kind != TarMember::Kind::regular && (member.size != 0 || forgot_a_size(member))) {
      throw content_where_none_is(member);
    }
    if (member.size < 0) throw Error(Errc::corrupt, "'" + member.path + "': negative size");
    if (!member.sparse && member.size > client_.size - member.data_offset) {
      throw Error(Errc::corrupt,
                  "'" + member.path + "': expected " + std::to_string(member.size) +
                      " bytes at offset " + std::to_string(member.data_offset) +
                      ", found the end of the archive",
                  "the file is incomplete: copy or build it again");
    }
  }

  [[nodiscard]] bool is_sparse(const TarMember& member) const override {
    return member.kind == TarMember::Kind::regular &&
           headers_say_sparse(*client_.file, member.header_offset, member.data_offset);
  }

  // libarchive takes the end of the file between two members for the end of the archive; but an
  // archive that was cut there is not whole, and no digest would tell.
  TarEnd check_end() override {
    std::int64_t at = archive_read_header_position(reader.get());
    if (at + end_marker > client_.size) {
      throw Error(Errc::corrupt,
                  "expected two blocks of zeros at the end of the archive (offset " +
                      std::to_string(at) + "), found the end of the file",
                  "the file is incomplete: copy or build it again");
    }
    if (client_.size - at > largest_padding) throw after_the_end(at);
    while (at < client_.size) {
      const std::size_t count = client_.file->read_at(client_.buffer, at);
      const Bytes bytes = Bytes(client_.buffer).first(count);
      if (std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b != std::byte{}; })) {
        throw after_the_end(at);
      }
      if (count == 0) break;
      at += static_cast<std::int64_t>(count);
    }
    return TarEnd::marked;
  }

 private:
  // libarchive takes the size of what can have no content for 0, whatever its header says. (Some
  // programs write the file's size into a hard link, and all agree that it means nothing there.)
  [[nodiscard]] bool forgot_a_size(const TarMember& member) const {
    if (member.kind == TarMember::Kind::hard_link) return false;
    std::array<std::byte, size_width> field{};
    const std::size_t count =
        client_.file->read_at(field, member.data_offset - block_size + size_offset);
    const std::string_view text = as_text(Bytes(field).first(count));
    return text.find_first_not_of(std::string_view("0 \0", 3)) != std::string_view::npos;
  }

  [[nodiscard]] Error after_the_end(std::int64_t at) const {
    return Error(Errc::corrupt,
                 "expected nothing but a few zeros after the last member (offset " +
                     std::to_string(at) + "), found " + std::to_string(client_.size - at) +
                     " bytes with content",
                 "archives that were joined with cat or tar -A must be merged one by one");
  }

  PulledFile client_;
};

/// An archive that comes as a stream.
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
    pulled_.limit = bytes == INT64_MAX ? bytes : pulled_.position + bytes;
  }

  // A size where no content can be is passed over, as engines do.
  void check_member(const TarMember& member) override {
    if (member.kind != TarMember::Kind::regular && member.size != 0) {
      throw content_where_none_is(member);
    }
    if (member.size < 0) throw Error(Errc::corrupt, "'" + member.path + "': negative size");
  }

  // All content comes through libarchive here.
  [[nodiscard]] bool is_sparse(const TarMember& /*member*/) const override { return false; }

  // Behind the last content, engines take the end of the stream wherever it comes; but what begins
  // with a block of zeros must go on with another, and what begins with anything is a header.
  // (Where extension headers of no member stand, only libarchive knows where they end.)
  TarEnd check_end() override {
    if (pulled_.failure) std::rethrow_exception(pulled_.failure);
    const std::int64_t at = archive_read_header_position(reader.get());
    const std::int64_t behind = archive_filter_bytes(reader.get(), 0);
    while (!pulled_.pull().empty()) continue;
    if (pulled_.end < at) return TarEnd::unpadded;
    if (behind - at >= end_marker && pulled_.end >= behind) return TarEnd::marked;
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

TarReader::TarReader(const std::shared_ptr<const File>& file)
    : state_(std::make_unique<FileState>(file)) {}

TarReader::TarReader(std::unique_ptr<Source> from)
    : state_(std::make_unique<StreamState>(decompressed(std::move(from)), name_in_layer)) {}

TarReader::TarReader(std::unique_ptr<Source> from, Names names)
    : state_(std::make_unique<StreamState>(
          std::move(from), names == Names::verbatim ? name_as_it_stands : name_in_layer)) {}

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
  member.sparse = member.sparse || state_->is_sparse(member);
  state_->check_reach(member.data_offset);
  state_->check_member(member);
  state_->check_holes(member);
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
  std::array<std::byte, block_size> header{};
  if (file.read_at(header, 0) < header.size()) return false;
  return std::memcmp(header.data() + 257, "ustar", 5) == 0;
}

}  // namespace ocimux
