#include "jobs/fetch_blobs.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "jobs/foreign_layer.hpp"
#include "jobs/layer.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ocimux {
namespace {

std::string name_of(const CargoDocument& document, const Descriptor& blob) {
  constexpr std::size_t enough_digits = 12;
  const auto& platform = document.descriptor.platform;
  const bool said = platform && !platform->unknown();
  return (said ? platform->string() + " " : "") +
         std::string(blob.digest.encoded().substr(0, enough_digits));
}

bool is_there(const Repository& repository, const CargoDocument& document, const Descriptor& blob,
              Progress& progress) {
  const bool foreign = media_type::is_foreign_layer(blob.media_type);
  const bool listed = media_type::is_index(document.descriptor.media_type);
  if ((!foreign && !listed) || repository.blob_size(blob.digest)) return true;
  if (foreign) {
    warn_of_foreign_layer(blob, "the registry", progress);
  } else {
    progress.warn(blob.digest.string() + ", which an index lists as '" + blob.media_type +
                  "', is no blob of the registry: left out");
  }
  return false;
}

void fetch(const WantedBlob& blob, const Cargo& cargo, LayoutChange& change, ProgressTask& task,
           const std::stop_token& stop) {
  const auto& [digest, size] = std::tie(blob.descriptor.digest, blob.descriptor.size);
  if (change.contains(digest, size, stop)) return task.advance(size);
  const auto body = cargo.find(blob.descriptor);
  if (!body) {
    throw Error(Errc::not_found,
                "expected the blob " + digest.string() + " in the registry, found none",
                "the image is incomplete there: push it again");
  }
  copy_blob(*body, {digest, size}, BlobLink::Sharing::clones, 1, change, task, stop);
}

}  // namespace

std::vector<WantedBlob> wanted_blobs(const Cargo& cargo, const Repository& repository,
                                     Progress& progress) {
  std::vector<WantedBlob> blobs;
  std::map<Digest, std::int64_t> seen;
  for (const CargoDocument& document : cargo.documents) {
    for (const Descriptor& blob : document.blobs) {
      const auto [known, fresh] = seen.emplace(blob.digest, blob.size);
      if (known->second != blob.size) throw_wrong_size(blob.digest, known->second, blob.size);
      if (!fresh || !is_there(repository, document, blob, progress)) continue;
      blobs.push_back({blob, name_of(document, blob)});
    }
  }
  std::stable_sort(blobs.begin(), blobs.end(), [](const WantedBlob& a, const WantedBlob& b) {
    return a.descriptor.size > b.descriptor.size;
  });
  return blobs;
}

void fetch_blobs(const std::vector<WantedBlob>& blobs, const Cargo& cargo, std::size_t width,
                 LayoutChange& change, Progress& progress, const std::stop_token& stop) {
  parallel_for(blobs.size(), width, stop, [&](std::size_t i, const std::stop_token& inner) {
    const WantedBlob& blob = blobs[i];
    ProgressTask task(progress, blob.name, blob.descriptor.size);
    fetch(blob, cargo, change, task, inner);
  });
}

}  // namespace ocimux
