#include "fuzz/fuzzing.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace ocimux::fuzz {

void require(bool holds, const std::string& property) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: this does not hold: %s\n", property.c_str());
  std::abort();
}

std::uint8_t Steering::byte() {
  if (rest_.empty()) return 0;
  const auto first = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return first;
}

std::size_t Cuts::next() {
  // Mostly a few bytes, now and then many: that is where buffers end.
  state_ = state_ * 1'664'525U + 1'013'904'223U;
  const std::uint32_t drawn = state_ >> 8U;
  return 1 + (drawn % 4 == 0 ? drawn % 5000 : drawn % 24);
}

std::size_t CutSource::read(std::span<std::byte> into) {
  const std::size_t count = std::min({into.size(), rest_.size(), cuts_.next()});
  std::copy_n(as_bytes(rest_).begin(), count, into.begin());
  rest_.remove_prefix(count);
  return count;
}

void write_cut(std::string_view text, std::uint8_t seed, Sink& to) {
  for (Cuts cuts(seed); !text.empty();) {
    const std::size_t count = std::min(text.size(), cuts.next());
    to.write(as_bytes(text.substr(0, count)));
    text.remove_prefix(count);
  }
}

void LimitedSink::write(Bytes bytes) {
  if (bytes.size() > limit_ - text.size()) throw TooMuch();
  text += as_text(bytes);
}

std::shared_ptr<const File> memory_file(std::string_view text) {
  const int number = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (number < 0) throw Error::from_errno(errno, "making a file in memory");
  auto file = std::make_shared<const File>(FileDescriptor(number), "input");
  file->write(as_bytes(text));
  return file;
}

std::string path_of(const File& file) {
  return "/proc/self/fd/" + std::to_string(file.descriptor());
}

std::string content_of(const Body& body) {
  MemorySink sink;
  const auto source = body.open();
  drain(*source, sink);
  require(static_cast<std::int64_t>(sink.text().size()) == body.size,
          "a body is as long as it says");
  return sink.take();
}

}  // namespace ocimux::fuzz
