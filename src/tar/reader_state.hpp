#pragma once

#include <ocimux/base/error.hpp>

#include "base/handle.hpp"
#include "tar/entry.hpp"
#include "tar/path.hpp"
#include "tar/reader.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <string>

namespace ocimux {

/// A tar archive that libarchive reads, whatever it comes from.
struct TarReader::State {
  State();
  virtual ~State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// What a callback parked, and was not rethrown yet.
  [[nodiscard]] virtual std::exception_ptr failure() const = 0;
  /// Throws Errc::corrupt for a member that readers would disagree on.
  virtual void check_member(const TarMember& member) = 0;
  /// The blocks from a member's first header to its content.
  [[nodiscard]] virtual std::string headers_of(const TarMember& member) const = 0;
  /// Behind the last member: throws Errc::corrupt when that is no end.
  virtual TarEnd check_end() = 0;
  /// Gives the next header so many bytes from here on; INT64_MAX: as many as it likes.
  virtual void limit_header(std::int64_t bytes) = 0;

  /// Comes to the end of the content; says what libarchive does.
  virtual int pass_over() = 0;
  /// Throws Errc::corrupt when the archive does not reach up to @p offset.
  virtual void check_reach(std::int64_t offset) = 0;

  /// libarchive's next header, in bounded memory.
  int next_header(archive_entry*& entry);
  /// Finds out whether @p member has holes, and a type that engines do not unpack. Throws where
  /// readers would disagree on the former, and where the holes of all members together have no end.
  void check_headers(TarMember& member);
  void open(void* data, archive_read_callback* on_read) const;
  /// Throws what was parked, or else what libarchive says.
  [[noreturn]] void fail(const char* otherwise) const;

  void begin_content(std::int64_t size);
  /// The next bytes of the content, at most @p most; none at the end.
  Bytes piece(std::size_t most);

  Handle<archive, archive_read_free> reader;
  NameReading read_name = member_path;
  TarEnd found_end = TarEnd::marked;
  std::string kept;  // the front of the content, as far as it was asked for

 private:
  void read_block();
  [[noreturn]] void throw_wrong_content() const;

  Bytes block_;                    // of the content, what is left to give of it
  std::int64_t block_offset_ = 0;  // where that stands in the content
  std::int64_t position_ = 0;      // up to which the content was given
  std::int64_t size_ = 0;          // of the content
  std::int64_t sparse_content_ = 0;
  bool ended_ = false;
  bool in_member_ = false;
};

/// An archive in a file, whose every byte is accounted for.
std::unique_ptr<TarReader::State> state_of(const std::shared_ptr<const File>& file);

/// An archive that comes as a stream, with its names given as @p names does.
std::unique_ptr<TarReader::State> state_of(std::unique_ptr<Source> from, NameReading names);

/// Errc::corrupt, of a member with content that is no regular file.
Error content_where_none_is(const TarMember& member);

}  // namespace ocimux
