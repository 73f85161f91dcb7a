#pragma once

#include "tar/member.hpp"

#include <ocimux/io/stream.hpp>

namespace ocimux {

/// Writes a tar archive whose bytes depend on nothing but what it is told: ustar headers, and a
/// pax header in front of a member that ustar cannot hold, with its records sorted by key. Owners
/// go by number, without names; there are no access and change times.
/// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
class TarWriter final {
 public:
  explicit TarWriter(Sink& to) : to_(to) {}

  /// Begins @p member; exactly `member.size` bytes of content must follow (none unless it is a
  /// regular file). Its offsets and `sparse` are not used.
  void begin(const TarMember& member);
  void content(Bytes bytes);
  /// The two blocks of zeros at the end. Finishes the sink.
  void finish();

 private:
  void end_member();
  void write_padding();

  Sink& to_;
  std::int64_t left_ = 0;
  std::int64_t padding_ = 0;
};

/// Hands content on to the member that the writer has begun.
class TarContentSink final : public Sink {
 public:
  explicit TarContentSink(TarWriter& writer) : writer_(writer) {}
  void write(Bytes bytes) override { writer_.content(bytes); }
  void finish() override {}

 private:
  TarWriter& writer_;
};

}  // namespace ocimux
