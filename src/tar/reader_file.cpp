#include "io/memory.hpp"
#include "tar/header_fields.hpp"
#include "tar/pulled_file.hpp"
#include "tar/reader_state.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace ocimux {
namespace {

constexpr std::int64_t block_size = tar_block;
constexpr std::int64_t end_marker = 2 * block_size;
// A tar program fills its last record with zeros; the largest record GNU tar users ask for
// (--blocking-factor) is far below this. More would be a way to hide or to inflate.
constexpr std::int64_t largest_padding = 4 << 20;

// What a header holds in seven octal digits, as it is written anew; those of Linux are below it.
constexpr std::int64_t largest_device_number = 07777777;

bool is_device_number(std::int64_t number) {
  return number >= 0 && number <= largest_device_number;
}

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
    if (!is_device_number(member.device_major) || !is_device_number(member.device_minor)) {
      throw Error(Errc::corrupt, "'" + member.path + "': expected device numbers from 0 to " +
                                     std::to_string(largest_device_number) + ", found " +
                                     std::to_string(member.device_major) + " and " +
                                     std::to_string(member.device_minor));
    }
    if (!member.sparse && member.size > client_.size - member.data_offset) {
      throw Error(Errc::corrupt,
                  "'" + member.path + "': expected " + std::to_string(member.size) +
                      " bytes at offset " + std::to_string(member.data_offset) +
                      ", found the end of the archive",
                  "the file is incomplete: copy or build it again");
    }
  }

  [[nodiscard]] std::string headers_of(const TarMember& member) const override {
    std::string headers(static_cast<std::size_t>(member.data_offset - member.header_offset), '\0');
    const auto into = std::as_writable_bytes(std::span(headers));
    headers.resize(client_.file->read_at(into, member.header_offset));
    return headers;
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
    std::array<std::byte, size_field.width> field{};
    const std::size_t count = client_.file->read_at(
        field, member.data_offset - block_size + std::int64_t{size_field.offset});
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

}  // namespace

std::unique_ptr<TarReader::State> state_of(const std::shared_ptr<const File>& file) {
  return std::make_unique<FileState>(file);
}

}  // namespace ocimux
