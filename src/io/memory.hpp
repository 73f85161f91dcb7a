#pragma once

#include <ocimux/io/stream.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace ocimux {

inline Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads from text it owns.
class MemorySource final : public Source {
 public:
  explicit MemorySource(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<std::byte> into) override;

 private:
  std::string text_;
  std::size_t at_ = 0;
};

/// Collects what is written; throws Errc::corrupt when it grows past @p limit bytes.
class MemorySink final : public Sink {
 public:
  explicit MemorySink(std::int64_t limit = INT64_MAX) : limit_(limit) {}
  void write(Bytes bytes) override;
  void finish() override {}

  [[nodiscard]] const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  std::int64_t limit_;
  std::string text_;
};

/// Takes everything and keeps nothing but the count.
class NullSink final : public Sink {
 public:
  void write(Bytes bytes) override { count_ += static_cast<std::int64_t>(bytes.size()); }
  void finish() override {}
  [[nodiscard]] std::int64_t count() const { return count_; }

 private:
  std::int64_t count_ = 0;
};

/// A Body over text.
Body memory_body(std::string text);

/// All of @p body, which must not be longer than @p limit bytes (else Errc::corrupt: what was
/// read is a document, and documents are small).
std::string read_document(const Body& body, std::int64_t limit);

}  // namespace ocimux
