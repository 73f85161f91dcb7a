#include "jobs/push_blobs.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "digest/digester.hpp"
#include "jobs/foreign_layer.hpp"
#include "registry/blob_upload.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

namespace ocimux {
namespace {

/// Which blobs which registry needs.
class Planner {
 public:
  Planner(const Cargo& cargo, const PushOptions& options, Progress& progress)
      : cargo_(cargo), progress_(progress) {
    for (const std::string& text : options.mount_from) {
      const Reference from = Reference::parse(text);
      mount_from_[from.host].push_back(from.repository);
    }
  }

  void add(Destination& destination, const CargoDocument& document) {
    const std::optional<Reference> base = base_of(document);
    for (const Descriptor& blob : document.blobs) {
      const auto [planned, fresh] =
          planned_.try_emplace({blob.digest, destination.target.repository.host}, nowhere);
      if (fresh) planned->second = plan(destination, blob);
      if (planned->second == nowhere) {
        allow_missing(blob);
        continue;
      }
      BlobErrand& errand = errands_[planned->second];
      if (errand.blob.size != blob.size) throw_wrong_size(blob.digest, errand.blob.size, blob.size);
      if (errand.to.empty() || errand.to.back() != &destination) errand.to.push_back(&destination);
      if (base && base->host == destination.target.repository.host) {
        add_source(errand, base->repository);
      }
    }
  }

  std::vector<BlobErrand> take() {
    std::stable_sort(errands_.begin(), errands_.end(), [](const auto& a, const auto& b) {
      return std::tie(b.blob.size, a.blob.digest) < std::tie(a.blob.size, b.blob.digest);
    });
    return std::move(errands_);
  }

 private:
  static constexpr std::size_t nowhere = SIZE_MAX;

  std::size_t plan(const Destination& destination, const Descriptor& blob) {
    auto body = cargo_.find(blob);  // its errors name the blob
    if (!body) return nowhere;
    if (body->size != blob.size) throw_wrong_size(blob.digest, blob.size, body->size);
    const auto from = mount_from_.find(destination.target.repository.host);
    errands_.push_back({blob,
                        verified(std::move(*body), blob.digest, blob.size),
                        {},
                        from == mount_from_.end() ? std::vector<std::string>() : from->second});
    return errands_.size() - 1;
  }

  void allow_missing(const Descriptor& blob) {
    // One that is foreign to one image may be an ordinary layer of another.
    if (media_type::is_foreign_layer(blob.media_type)) {
      if (!missing_.insert(blob.digest).second) return;
      return warn_of_foreign_layer(blob, "what is pushed", progress_);
    }
    throw Error(Errc::not_found,
                "expected the blob " + blob.digest.string() + " in what is pushed, found none",
                "it is incomplete: ocimux verify says what is missing");
  }

  // An image that says what it was made from says where its layers may be.
  static std::optional<Reference> base_of(const CargoDocument& document) {
    if (!media_type::is_manifest(document.descriptor.media_type)) return std::nullopt;
    const Manifest manifest = Manifest::parse(document.text, document.descriptor.media_type);
    const auto base = manifest.annotations.find(std::string(annotation::base_name));
    if (base == manifest.annotations.end()) return std::nullopt;
    try {
      return Reference::parse(base->second);
    } catch (const Error&) {  // an annotation may be anything
      return std::nullopt;
    }
  }

  static void add_source(BlobErrand& errand, const std::string& repository) {
    auto& from = errand.mount_from;
    if (std::ranges::find(from, repository) == from.end()) from.push_back(repository);
  }

  const Cargo& cargo_;
  Progress& progress_;
  std::map<std::string, std::vector<std::string>> mount_from_;  // by host
  std::map<std::pair<Digest, std::string>, std::size_t> planned_;
  std::set<Digest> missing_;
  std::vector<BlobErrand> errands_;
};

/// Runs errands, from several threads.
class Courier {
 public:
  Courier(const PushOptions& options, PushResult& result, Progress& progress)
      : options_(options),
        result_(result),
        progress_(progress),
        journal_(UploadJournal::of_user(process_environment)) {}

  // One repository after the other: the next ones take it from the first.
  void run(const BlobErrand& errand, const std::stop_token& stop) {
    std::vector<std::string> from = errand.mount_from;
    ProgressTask task(progress_, errand.blob.digest.string().substr(0, shown_digest),
                      errand.blob.size);
    for (Destination* destination : errand.to) {
      // What is refused ends the others, too, not only when they are through.
      const Repository repository = destination->repository.until(stop);
      within(destination->name(), [&] { bring(errand, repository, from, task); });
      // The last one is enough: a registry that refuses would be asked for each of thousands.
      from = errand.mount_from;
      from.insert(from.begin(), destination->repository.name());
    }
  }

 private:
  static constexpr std::size_t shown_digest = 19;  // sha256: and twelve digits

  void bring(const BlobErrand& errand, const Repository& repository,
             const std::vector<std::string>& from, ProgressTask& task) {
    const std::int64_t size = errand.blob.size;
    if (repository.has_blob(errand.blob.digest)) {
      return count(result_.blobs_there, result_.bytes_there, size);
    }
    if (options_.dry_run) return count(result_.blobs_sent, result_.bytes_sent, size);
    const BlobUpload upload{.blob = errand.blob,
                            .body = errand.body,
                            .mount_from = from,
                            .part_size = options_.chunk_size,
                            .journal = journal_ ? &*journal_ : nullptr,
                            .read = [&](std::int64_t bytes) { task.advance(bytes); }};
    if (upload_blob(repository, upload, progress_) == BlobOutcome::mounted) {
      return count(result_.blobs_mounted, result_.bytes_mounted, size);
    }
    count(result_.blobs_sent, result_.bytes_sent, size);
  }

  void count(std::size_t& blobs, std::int64_t& bytes, std::int64_t size) {
    const std::lock_guard lock(mutex_);
    ++blobs;
    bytes += size;
  }

  const PushOptions& options_;
  PushResult& result_;
  Progress& progress_;
  std::optional<UploadJournal> journal_;
  std::mutex mutex_;
};

}  // namespace

std::vector<BlobErrand> plan_blobs(const Cargo& cargo, std::vector<Destination>& destinations,
                                   const PushOptions& options, Progress& progress) {
  Planner planner(cargo, options, progress);
  for (Destination& destination : destinations) {
    for (const Digest& digest : destination.target.documents) {
      if (destination.lacks(digest) || options.check_blobs) {
        planner.add(destination, *cargo.document(digest));
      }
    }
  }
  return planner.take();
}

void send_blobs(const std::vector<BlobErrand>& errands, const PushOptions& options,
                PushResult& result, Progress& progress, const std::stop_token& stop) {
  Courier courier(options, result, progress);
  parallel_for_each(
      errands, options.jobs, stop,
      [&](const BlobErrand& errand, const std::stop_token& inner) { courier.run(errand, inner); });
}

}  // namespace ocimux
