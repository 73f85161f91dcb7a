#include "io/memory.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <cstring>
#include <memory>

namespace ocimux {
namespace {

Error over_limit(std::int64_t limit) {
  return {Errc::corrupt, "the document is longer than the limit of " + std::to_string(limit) +
                             " bytes that readers of images share"};
}

}  // namespace

std::size_t MemorySource::read(std::span<std::byte> into) {
  const std::size_t count = std::min(into.size(), text_.size() - at_);
  if (count != 0) std::memcpy(into.data(), text_.data() + at_, count);
  at_ += count;
  return count;
}

void MemorySink::write(Bytes bytes) {
  if (static_cast<std::int64_t>(bytes.size()) > limit_ - static_cast<std::int64_t>(text_.size())) {
    throw over_limit(limit_);
  }
  text_.append(as_text(bytes));
}

Body memory_body(std::string text) {
  const auto size = static_cast<std::int64_t>(text.size());
  return {[shared = std::make_shared<const std::string>(std::move(text))] {
            return std::make_unique<MemorySource>(*shared);
          },
          size};
}

std::string read_document(const Body& body, std::int64_t limit) {
  if (body.size > limit) throw over_limit(limit);
  MemorySink sink(limit);
  const auto source = body.open();
  drain(*source, sink);
  return sink.take();
}

}  // namespace ocimux
