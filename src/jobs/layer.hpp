#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/io/stream.hpp>
#include <ocimux/jobs/merge.hpp>
#include <ocimux/spec/documents.hpp>

#include "compress/codec.hpp"
#include "jobs/entry.hpp"
#include "layout/change.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace ocimux {

/// Writes the uncompressed bytes of a layer and finishes the sink.
using Feed = std::function<void(Sink&, const std::stop_token&)>;

/// Makes a layer: hashes what @p feed gives (the DiffID), compresses and stores it, all of it at
/// once with @p threads.
MadeLayer make_layer(const Feed& feed, const Compression& compression, ImageFormat format,
                     std::size_t threads, LayoutChange& change, const std::stop_token& stop);

/// Stores @p body as it is, checked against @p blob; a file of its own is shared
/// instead of copied, as far as @p sharing allows. @p task is told of what is read.
void copy_blob(const Body& body, const Blob& blob, BlobLink::Sharing sharing, std::size_t threads,
               LayoutChange& change, ProgressTask& task, const std::stop_token& stop);

/// Stores a compressed layer without a digest of its own as it is; checks that it unpacks.
MadeLayer keep_layer(const Body& body, Codec codec, ImageFormat format, std::size_t threads,
                     LayoutChange& change, const std::stop_token& stop);

/// @p layer, which is uncompressed, with its DiffID checked: Errc::corrupt where it ends.
std::unique_ptr<Source> checked_diff_id(std::unique_ptr<Source> layer, const Digest& diff_id);

/// The codec @p body is in, by content.
Codec codec_of(const Body& body);

/// A body whose front was read, to be opened once more and no oftener.
struct Peeked {
  Codec codec = Codec::none;
  Body body = {};
};

/// codec_of() a body that is dear to open, and the body with nothing read twice.
Peeked peek(const Body& body);

/// @p body, and @p check told of its codec while it is read: before its end, at the latest.
Body sniffed(const Body& body, std::function<void(Codec)> check);

/// The media type of a layer; throws Errc::invalid_argument for zstd in Docker's format.
std::string_view layer_media_type(Codec codec, ImageFormat format);

/// The format a manifest is in: its layers' media types are of the same.
ImageFormat format_of(const Manifest& manifest);

/// A feed that unpacks @p body, with more than one thread apart from reading it.
Feed unpacked(const Body& body, Codec codec, std::size_t threads);

/// @p body, and @p task told of the bytes as they are read.
Body watched(const Body& body, ProgressTask& task);

/// Passes bytes on and tells @p task of them.
class ProgressSink final : public Sink {
 public:
  ProgressSink(Sink& next, ProgressTask& task) : next_(next), task_(task) {}
  void write(Bytes bytes) override {
    next_.write(bytes);
    task_.advance(static_cast<std::int64_t>(bytes.size()));
  }
  void finish() override { next_.finish(); }

 private:
  Sink& next_;
  ProgressTask& task_;
};

}  // namespace ocimux
