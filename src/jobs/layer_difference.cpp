#include "jobs/layer_difference.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace ocimux {
namespace {

using Layers = std::vector<ImageLayer>;

// Docker's own archives have no digests of layers, as they are stored; then the DiffID counts.
bool same_bytes(const ImageLayer& a, const ImageLayer& b) {
  if (a.diff_id != b.diff_id) return false;
  return !a.descriptor || !b.descriptor || a.descriptor->digest == b.descriptor->digest;
}

std::size_t fill(Source& from, std::span<std::byte> into) {
  std::size_t have = 0;
  while (have < into.size()) {
    const std::size_t count = from.read(into.subspan(have));
    if (count == 0) break;
    have += count;
  }
  return have;
}

// RFC 1952: the magic, the method, the flags, and four bytes for the time.
constexpr std::size_t gzip_time = 4;
constexpr std::size_t gzip_time_end = 8;

bool is_gzip(std::span<const std::byte> front) {
  return front.size() >= gzip_time_end && front[0] == std::byte{0x1f} &&
         front[1] == std::byte{0x8b};
}

bool differ_in_gzip_time(const Body& a, const Body& b, const std::stop_token& stop) {
  if (a.size != b.size || a.remote || b.remote) return false;
  constexpr std::size_t piece = std::size_t{64} * 1024;
  std::vector<std::byte> x(piece);
  std::vector<std::byte> y(piece);
  const auto from_a = a.open();
  const auto from_b = b.open();
  for (bool front = true;; front = false) {
    throw_if_stopped(stop);
    const std::size_t have = fill(*from_a, x);
    if (fill(*from_b, y) != have) return false;
    if (front) {
      if (!is_gzip(std::span(x).first(have)) || !is_gzip(std::span(y).first(have))) return false;
      std::copy(x.begin() + gzip_time, x.begin() + gzip_time_end, y.begin() + gzip_time);
    }
    if (!std::equal(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(have), y.begin())) {
      return false;
    }
    if (have < piece) return true;
  }
}

void set_before(LayerDifference& difference, const Layers& layers, std::size_t i) {
  difference.place_before = i;
  difference.before = layers[i].descriptor;
  difference.diff_id_before = layers[i].diff_id;
}

void set_after(LayerDifference& difference, const Layers& layers, std::size_t i) {
  difference.place_after = i;
  difference.after = layers[i].descriptor;
  difference.diff_id_after = layers[i].diff_id;
}

LayerDifference pair(const Layers& before, std::size_t i, const Layers& after, std::size_t j,
                     const std::stop_token& stop) {
  LayerDifference difference;
  set_before(difference, before, i);
  set_after(difference, after, j);
  if (before[i].diff_id == after[j].diff_id) {
    const bool time = within(before[i].name, [&] {
      return differ_in_gzip_time(before[i].stored, after[j].stored, stop);
    });
    difference.relation = time ? LayerRelation::gzip_time : LayerRelation::same_content;
  }
  return difference;
}

}  // namespace

std::vector<LayerDifference> layer_difference(const Layers& before, const Layers& after,
                                              const std::stop_token& stop) {
  const auto same_content = [](const ImageLayer& a, const ImageLayer& b) {
    return a.diff_id == b.diff_id;
  };
  const auto front = static_cast<std::size_t>(
      std::mismatch(before.begin(), before.end(), after.begin(), after.end(), same_content).first -
      before.begin());
  const auto left = static_cast<std::ptrdiff_t>(front);
  const auto back =
      static_cast<std::size_t>(std::mismatch(before.rbegin(), before.rend() - left, after.rbegin(),
                                             after.rend() - left, same_content)
                                   .first -
                               before.rbegin());
  std::vector<LayerDifference> found;
  const auto compare = [&](std::size_t i, std::size_t j) {
    if (!same_bytes(before[i], after[j])) found.push_back(pair(before, i, after, j, stop));
  };
  for (std::size_t i = 0; i < front; ++i) compare(i, i);
  const std::size_t end_before = before.size() - back;
  const std::size_t end_after = after.size() - back;
  if (end_before == end_after) {
    for (std::size_t i = front; i < end_before; ++i) compare(i, i);
  } else {
    for (std::size_t i = front; i < end_before; ++i) {
      set_before(found.emplace_back(LayerDifference{LayerRelation::only_before}), before, i);
    }
    for (std::size_t i = front; i < end_after; ++i) {
      set_after(found.emplace_back(LayerDifference{LayerRelation::only_after}), after, i);
    }
  }
  for (std::size_t i = 0; i < back; ++i) compare(end_before + i, end_after + i);
  return found;
}

void relate(std::vector<LayerDifference>& differences,
            const std::vector<std::optional<LayerSeal>>& before,
            const std::vector<std::optional<LayerSeal>>& after) {
  for (LayerDifference& difference : differences) {
    if (difference.relation != LayerRelation::other) continue;
    const auto& a = before.at(*difference.place_before);
    const auto& b = after.at(*difference.place_after);
    if (!a || !b) continue;
    if (a->timeless != b->timeless) continue;
    const bool only_times = a->members != b->members && a->owners == b->owners;
    difference.relation = only_times ? LayerRelation::same_but_times : LayerRelation::same_members;
  }
}

}  // namespace ocimux
