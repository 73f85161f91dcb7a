#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/io/stream.hpp>

#include "io/file.hpp"
#include "io/memory.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What the fuzz targets share. A target is a file NAME_fuzz.cpp with one LLVMFuzzerTestOneInput(),
/// which libFuzzer, AFL++ and the replay program all call; docs/fuzzing.md.
namespace ocimux::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the process, which is a finding, unless @p holds.
void require(bool holds, const std::string& property);

/// What came out of some work: a value, or the text of the Error it ended with. Any other exception
/// leaves it, and is a finding.
template <typename T>
struct Outcome {
  std::optional<T> value = {};
  std::string refusal = {};
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

template <typename Work>
auto outcome_of(Work&& work) -> Outcome<decltype(work())> {
  try {
    return {work()};
  } catch (const Error& error) {
    return {{}, error.what()};
  }
}

/// Runs @p work, of which nothing but an Error may come.
template <typename Work>
void tolerate(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    require(*error.what() != '\0', "an error says something");
  }
}

/// Takes numbers off the front of an input, to steer by: 0 where it has ended.
class Steering final {
 public:
  explicit Steering(std::string_view input) : rest_(input) {}
  std::uint8_t byte();
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// Sizes of pieces that something is cut into, from 1 on: the same ones for the same seed.
class Cuts final {
 public:
  explicit Cuts(std::uint8_t seed) : state_(seed) {}
  std::size_t next();

 private:
  std::uint32_t state_;
};

/// Gives text in pieces.
class CutSource final : public Source {
 public:
  CutSource(std::string_view text, std::uint8_t seed) : rest_(text), cuts_(seed) {}
  std::size_t read(std::span<std::byte> into) override;

 private:
  std::string_view rest_;
  Cuts cuts_;
};

/// Writes @p text in pieces, without finishing @p to.
void write_cut(std::string_view text, std::uint8_t seed, Sink& to);

/// Keeps up to so many bytes, and throws TooMuch beyond: what inflates is no finding by itself.
class LimitedSink final : public Sink {
 public:
  struct TooMuch {};
  explicit LimitedSink(std::size_t limit) : limit_(limit) {}
  void write(Bytes bytes) override;
  void finish() override { ++finished; }

  std::string text;
  int finished = 0;

 private:
  std::size_t limit_;
};

/// A file in memory that holds @p text.
std::shared_ptr<const File> memory_file(std::string_view text);
/// A path by which @p file can be opened for as long as it is.
std::string path_of(const File& file);

/// All of @p body, which must be as long as it says.
std::string content_of(const Body& body);

}  // namespace ocimux::fuzz
