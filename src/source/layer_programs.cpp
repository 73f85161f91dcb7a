#include "source/layer_programs.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "compress/codec.hpp"
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

constexpr std::size_t enough_for_headers = 4096;
constexpr std::size_t enough_for_all = std::size_t{32} << 20;

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

// What says more than its headers at its end: 32-bit ARM its version in a section, and libraries
// of Windows theirs in a resource.
bool says_more_at_its_end(Bytes front) {
  constexpr std::size_t elf_class = 4;
  constexpr std::size_t elf_machine = 18;
  constexpr std::byte elf32{1};
  constexpr std::byte arm{40};
  if (front.size() <= elf_machine) return false;
  const bool pe = front[0] == std::byte{'M'} && front[1] == std::byte{'Z'};
  return pe || (front[elf_class] == elf32 &&
                (front[elf_machine] == arm || front[elf_machine + 1] == arm));
}

/// The front of a member of a stream by position, read as far as it is asked for.
class MemberFront final {
 public:
  explicit MemberFront(TarReader& reader) : reader_(reader) {}

  std::size_t read(std::span<std::byte> into, std::int64_t offset) {
    const auto begin = static_cast<std::size_t>(offset);
    const std::size_t limit = says_more_at_its_end(front_) ? enough_for_all : enough_for_headers;
    const std::size_t end = std::min(begin + into.size(), limit);
    if (end > front_.size() && !complete_) {
      front_.resize(std::max(end, std::min(2 * front_.size(), limit)));
      const std::size_t count = reader_.front(front_);
      complete_ = count < front_.size();
      front_.resize(count);
    }
    if (begin >= front_.size()) return 0;
    const std::size_t count = std::min(into.size(), front_.size() - begin);
    std::copy_n(front_.begin() + static_cast<std::ptrdiff_t>(begin), count, into.begin());
    return count;
  }

 private:
  TarReader& reader_;
  std::vector<std::byte> front_;
  bool complete_ = false;
};

void walk(TarReader& reader, std::int64_t limit, Programs& programs, const std::stop_token& stop) {
  while (const auto member = reader.next()) {
    throw_if_stopped(stop);
    if (member->data_offset > limit) return;
    MemberFront front(reader);
    programs.add(
        *member, path_in_root(member->path),
        [&](std::span<std::byte> into, std::int64_t offset) { return front.read(into, offset); });
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
  }
  return programs;
}

}  // namespace ocimux
