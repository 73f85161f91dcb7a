#include "base/handle.hpp"
#include "compress/decompressing_sources.hpp"
#include "compress/decompressors.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <vector>

// A gzip file is a row of members (RFC 1952, section 2.2). One that is small, as each of those is
// that ocimux and bgzip make, goes through libdeflate, which is faster but wants all of a member at
// once; any other through zlib, piece by piece.
//
// Whether a member is small shows only when it was tried: the first one, and each behind one that
// was. So a file of one large member costs one attempt, some milliseconds.

namespace ocimux {
namespace {

constexpr int gzip_window_bits = 15 + 16;  // zlib: the largest window, gzip framing only
constexpr std::size_t small_member = std::size_t{1} << 20U;  // bytes of content
// What such a member takes where nothing of it can be compressed, and some to spare.
constexpr std::size_t small_input = small_member + (small_member >> 6U);
constexpr std::size_t piece = std::size_t{128} * 1024;

class GzipSource final : public Source {
 public:
  explicit GzipSource(std::unique_ptr<Source> from)
      : from_(std::move(from)), small_(libdeflate_alloc_decompressor()), input_(2 * small_input) {
    if (inflateInit2(&stream_, gzip_window_bits) != Z_OK || !small_) {
      throw Error(Errc::io, "no memory for a gzip decompressor");
    }
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  std::size_t read(std::span<std::byte> into) override {
    for (;;) {
      if (const std::size_t count = give(into); count != 0 || into.empty()) return count;
      if (between_members_ && trying_ && take_small()) continue;
      if (available() == 0 && !full_ && !refill(1, piece)) {
        if (!between_members_) throw cut_stream(Codec::gzip);
        return 0;
      }
      if (const std::size_t count = inflate_into(into); count != 0) return count;
    }
  }

 private:
  [[nodiscard]] std::size_t available() const { return end_ - begin_; }

  /// What libdeflate has left of a member.
  std::size_t give(std::span<std::byte> into) {
    const std::size_t count = std::min(into.size(), ready_ - given_);
    std::copy_n(output_.begin() + static_cast<std::ptrdiff_t>(given_), count, into.begin());
    given_ += count;
    return count;
  }

  /// Has @p least bytes of input at hand, if there are so many, and takes up to @p most to have
  /// them: what is left moves to the front, which for each of many small members would be too much.
  /// False where there are none any more.
  bool refill(std::size_t least, std::size_t most) {
    if (available() >= least || ended_) return available() != 0;
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(begin_),
              input_.begin() + static_cast<std::ptrdiff_t>(end_), input_.begin());
    end_ -= begin_;
    begin_ = 0;
    while (end_ < most && !ended_) {
      const std::size_t count = from_->read(std::span(input_).first(most).subspan(end_));
      ended_ = count == 0;
      end_ += count;
    }
    return end_ != 0;
  }

  /// The next member at once; false where it is none that is small, or there is none.
  bool take_small() {
    if (!refill(small_input, input_.size())) return false;
    output_.resize(small_member);
    std::size_t taken = 0;
    given_ = ready_ = 0;
    const auto result =
        libdeflate_gzip_decompress_ex(small_.get(), input_.data() + begin_, available(),
                                      output_.data(), output_.size(), &taken, &ready_);
    trying_ = result == LIBDEFLATE_SUCCESS;
    if (trying_) begin_ += taken;
    if (!trying_) ready_ = 0;
    return trying_;
  }

  std::size_t inflate_into(std::span<std::byte> into) {
    if (between_members_) {
      inflateReset(&stream_);
      between_members_ = false;
      content_ = 0;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data() + begin_);
    stream_.avail_in = static_cast<uInt>(available());
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    const std::size_t most = std::min<std::size_t>(into.size(), UINT32_MAX);
    stream_.avail_out = static_cast<uInt>(most);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      throw damaged_stream(Codec::gzip, stream_.msg != nullptr ? stream_.msg : "damage");
    }
    begin_ = end_ - stream_.avail_in;
    full_ = stream_.avail_out == 0 && result == Z_OK;
    between_members_ = result == Z_STREAM_END;
    const std::size_t count = most - stream_.avail_out;
    content_ += count;
    trying_ = between_members_ && content_ <= small_member;
    return count;
  }

  std::unique_ptr<Source> from_;
  z_stream stream_{};
  Handle<libdeflate_decompressor, libdeflate_free_decompressor> small_;
  std::vector<std::byte> input_;
  std::size_t begin_ = 0;  // of the input that is not taken yet
  std::size_t end_ = 0;
  bool ended_ = false;             // and there is no more input
  std::vector<std::byte> output_;  // of libdeflate
  std::size_t ready_ = 0;          // bytes in it
  std::size_t given_ = 0;          // of these
  bool trying_ = true;             // the next member may be a small one
  bool between_members_ = true;
  bool full_ = false;          // the output was filled: there may be more without more input
  std::uint64_t content_ = 0;  // of the member that zlib is at
};

}  // namespace

std::unique_ptr<Source> make_gzip_source(std::unique_ptr<Source> from) {
  return std::make_unique<GzipSource>(std::move(from));
}

}  // namespace ocimux
