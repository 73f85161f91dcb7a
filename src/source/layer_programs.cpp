#include "source/layer_programs.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "compress/codec.hpp"
#include "source/member_front.hpp"
#include "tar/reader.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace ocimux {
namespace {

// Unpacking takes about ten times as long as copying: this keeps it below a twentieth of that.
constexpr std::int64_t front_part = 250;
constexpr std::int64_t least_front = 32 << 10;
constexpr std::int64_t most_front = 1 << 20;
// What can be unpacked from the front of a layer made to inflate.
constexpr std::int64_t most_unpacked = 64 << 20;

/// Ends after so many bytes.
class FrontSource final : public Source {
 public:
  FrontSource(std::unique_ptr<Source> from, std::int64_t left)
      : from_(std::move(from)), left_(left) {}
  std::size_t read(std::span<std::byte> into) override {
    const auto most = std::min(into.size(), static_cast<std::size_t>(left_));
    const std::size_t count = most == 0 ? 0 : from_->read(into.first(most));
    left_ -= static_cast<std::int64_t>(count);
    return count;
  }

 private:
  std::unique_ptr<Source> from_;
  std::int64_t left_;
};

void walk(TarReader& reader, std::int64_t limit, Programs& programs, const std::stop_token& stop) {
  while (const auto member = reader.next()) {
    throw_if_stopped(stop);
    if (member->data_offset > limit) return programs.mark_incomplete();
    MemberFront front(reader);
    programs.add(
        *member, path_in_root(member->path),
        [&](std::span<std::byte> into, std::int64_t offset) { return front.read(into, offset); });
    // To come to the next member, all of this one would be unpacked.
    if (member->size > limit - member->data_offset) return programs.mark_incomplete();
  }
}

bool is_compressed(const Body& layer) {
  std::array<std::byte, sniff_length> begin{};
  std::size_t have = 0;
  const auto source = layer.open();
  while (const std::size_t count = source->read(std::span(begin).subspan(have))) have += count;
  return sniff(Bytes(begin).first(have)) != Codec::none;
}

}  // namespace

Programs programs_in_layer(const Body& layer, LookInto depth, const std::stop_token& stop) {
  Programs programs;
  if (depth == LookInto::whole) {
    TarReader reader(layer.open());
    walk(reader, INT64_MAX, programs, stop);
    return programs;
  }
  const bool compressed = is_compressed(layer);
  const std::int64_t front =
      compressed ? std::clamp(layer.size / front_part, least_front, most_front) : layer.size;
  try {
    TarReader reader(std::make_unique<FrontSource>(layer.open(), front));
    walk(reader, compressed ? most_unpacked : INT64_MAX, programs, stop);
  } catch (const Error& error) {
    if (error.code() == Errc::cancelled) throw;
    programs.mark_incomplete();
  }
  return programs;
}

}  // namespace ocimux
