#pragma once

#include <ocimux/io/stream.hpp>

#include <cstdint>
#include <string>

namespace ocimux {

/// Passes on what is unpacked of a compressed input, for as long as that stands in some proportion
/// to what was read for it: some kilobytes could fill any disk.
class ExpansionLimit final : public Sink {
 public:
  /// This much may be unpacked of any input, in bytes.
  static constexpr std::int64_t always_allowed = std::int64_t{1} << 30;
  /// Beyond that, so many times what was read. Root filesystems become two to ten times as large;
  /// gzip can do 1032 times, zstd 32,000 times and xz 7,000 times.
  static constexpr std::int64_t most_times = 256;

  /// @p unpacker is a program that would unpack the input for whoever wants it nevertheless.
  ExpansionLimit(Sink& next, std::string unpacker, std::int64_t always = always_allowed)
      : next_(next), unpacker_(std::move(unpacker)), always_(always) {}

  /// @p bytes more of the compressed input were read.
  void count_read(std::int64_t bytes) { read_ += bytes; }
  /// Throws Errc::unsupported beyond the limit, before anything more is passed on.
  void write(Bytes bytes) override;
  void finish() override { next_.finish(); }

 private:
  Sink& next_;
  std::string unpacker_;
  std::int64_t always_;
  std::int64_t read_ = 0;
  std::int64_t written_ = 0;
};

}  // namespace ocimux
