#include "source/opened.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "compress/codec.hpp"
#include "compress/decompressor.hpp"
#include "io/relay.hpp"
#include "source/expansion_limit.hpp"

#include <sys/stat.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace ocimux {
namespace {

constexpr std::size_t piece = std::size_t{256} * 1024;

// Reads the front once: a pipe cannot be read again.
std::shared_ptr<const File> unpack(const File& from, Progress& progress,
                                   const std::stop_token& stop) {
  const bool regular = S_ISREG(from.status().st_mode);
  ProgressTask task(progress, "unpacking " + from.name(), regular ? from.size() : 0);
  File spool = File::unnamed(spool_directory());
  FileSink file(spool);
  Relay into(file);  // writing has a thread of its own
  std::optional<ExpansionLimit> limit;
  std::unique_ptr<Sink> decompressor;
  std::vector<std::byte> buffer(piece);
  for (std::size_t kept = 0;;) {
    throw_if_stopped(stop);
    const std::size_t count = from.read_next(std::span(buffer).subspan(kept));
    const std::size_t have = kept + count;
    // A pipe may give fewer bytes than the codec is known by.
    if (!decompressor && have < sniff_length && count != 0) {
      kept = have;
      continue;
    }
    if (!decompressor) {
      const Codec codec = sniff(Bytes(buffer).first(have));
      limit.emplace(into, std::string(name_of(codec)));
      decompressor = make_decompressor(codec, *limit);
    }
    if (have == 0) break;
    limit->count_read(static_cast<std::int64_t>(have));
    decompressor->write(Bytes(buffer).first(have));
    task.advance(static_cast<std::int64_t>(count));
    kept = 0;
  }
  decompressor->finish();
  return std::make_shared<const File>(std::move(spool));
}

}  // namespace

std::shared_ptr<const File> open_unpacked(const std::filesystem::path& path, Progress& progress,
                                          const std::stop_token& stop) {
  auto file = std::make_shared<const File>(File::open(path));
  const struct stat status = file->status();
  if (S_ISREG(status.st_mode)) {
    std::array<std::byte, sniff_length> front{};
    const std::size_t count = file->read_at(front, 0);
    if (sniff(Bytes(front).first(count)) == Codec::none) return file;
  }
  return unpack(*file, progress, stop);
}

}  // namespace ocimux
