#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/io/stream.hpp>

#include "io/file.hpp"
#include "io/memory.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace ocimux::test {

/// The Error that @p work throws; a test failure and Errc::io when it throws none.
template <typename Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "expected an Error, found none";
  return {Errc::io, "none"};
}

/// What a FailingSink throws, so that nothing in the library can be taken for it.
struct Full {};

/// A Sink that throws Full in front of byte @p capacity (counted from 0), and in finish() when it
/// gets there.
class FailingSink final : public Sink {
 public:
  explicit FailingSink(std::size_t capacity) : left_(capacity) {}

  void write(Bytes bytes) override {
    if (bytes.size() > left_) throw Full();
    left_ -= bytes.size();
  }
  void finish() override { throw Full(); }

 private:
  std::size_t left_;
};

/// A Sink that keeps what it is given, and counts its finish() calls.
class KeepingSink final : public Sink {
 public:
  void write(Bytes bytes) override { text.append(as_text(bytes)); }
  void finish() override { ++finished; }

  std::string text;
  int finished = 0;
};

/// An unnamed file that holds @p bytes.
inline std::shared_ptr<const File> file_with(const std::string& bytes) {
  auto file = std::make_shared<const File>(File::unnamed(std::filesystem::temp_directory_path()));
  file->write(as_bytes(bytes));
  return file;
}

/// Everything @p body gives.
inline std::string text_of(const Body& body) {
  KeepingSink sink;
  const auto source = body.open();
  drain(*source, sink);
  return sink.text;
}

/// What a shell command writes to stdout; throws when it fails.
std::string output_of(const std::string& command);

}  // namespace ocimux::test
