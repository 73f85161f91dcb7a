#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

namespace ocimux {

using Bytes = std::span<const std::byte>;

/// Where bytes come from. One reader at a time.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  /// Fills the front of @p into and says how many bytes that were; 0 is the end, for good.
  virtual std::size_t read(std::span<std::byte> into) = 0;
};

/// Where bytes go. A step that transforms or observes bytes is a Sink in front of a Sink.
/// One writer at a time.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  virtual void write(Bytes bytes) = 0;
  /// Everything was written. A Sink in front of another finishes that one too. Without this call
  /// what was written counts for nothing.
  virtual void finish() = 0;
};

/// Moves all of @p from into @p to and finishes it; throws Errc::cancelled once @p stop is asked.
/// The only pump: constant memory, whatever the size.
void drain(Source& from, Sink& to, const std::stop_token& stop = {});

/// Bytes that can be read more than once: each call of `open` starts at the front.
struct Body {
  std::function<std::unique_ptr<Source>()> open;
  std::int64_t size = 0;  ///< in bytes
  /// A file that holds these bytes and no others, where there is one.
  std::optional<std::filesystem::path> file = {};
  /// Opening it asks another machine: read it once and to the end, or not at all.
  bool remote = false;
};

}  // namespace ocimux
