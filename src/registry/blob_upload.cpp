#include "registry/blob_upload.hpp"

#include <ocimux/base/error.hpp>

#include "registry/answer.hpp"
#include "registry/pieces.hpp"
#include "registry/retry_transport.hpp"
#include "registry/upload_session.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

// A loop around the next request: whatever comes of it leaves a state from which the loop goes on,
// or ends it. What a registry has of a broken upload is what it says itself when it is asked.

namespace ocimux {
namespace {

constexpr std::int64_t mebibyte = std::int64_t{1} << 20;
constexpr std::int64_t usual_part = 16 * mebibyte;  // ECR takes 5 to 20 MiB
constexpr std::int64_t small_part = 4 * mebibyte;   // GHCR answers 416 to larger ones
constexpr std::int64_t least_part = mebibyte;
constexpr std::int64_t worth_noting = 5 * mebibyte;

bool is_done(int status) { return status == 200 || status == 201 || status == 204; }
bool is_taken(int status) { return is_done(status) || status == 202; }  // ECR: 201

// Answers to a part that mean: not in parts.
bool refuses_parts(int status) {
  return status == 400 || status == 404 || status == 405 || status == 411 || status == 415 ||
         status == 501;
}

class Uploader {
 public:
  Uploader(const Repository& repository, const BlobUpload& upload, Progress& progress)
      : repository_(repository),
        upload_(upload),
        progress_(progress),
        pieces_(upload.body, upload.read),
        in_parts_(upload.part_size > 0),
        part_size_(upload.part_size > 0 ? upload.part_size : usual_part) {}

  BlobOutcome run() {
    if (mount()) return BlobOutcome::mounted;
    take_up();
    try {
      while (!done_) step();
    } catch (const Error& error) {
      // What was sent of wrong bytes is of no use to anybody.
      if (error.code() == Errc::corrupt) give_up();
      throw;
    }
    if (record_) record_->forget();
    return BlobOutcome::sent;
  }

 private:
  void step() {
    if (!session_) begin();
    try {
      in_parts_ ? send_part() : send_whole();
    } catch (const TransferError& error) {
      if (!error.may_pass()) throw network_error(error);
      try_again(error.what(), network_error(error), {});
    }
  }

  void give_up() {
    if (session_) cancel_upload(repository_, *session_);
    if (record_) record_->forget();
  }

  [[nodiscard]] std::int64_t size() const { return upload_.blob.size; }
  [[nodiscard]] const Origin& registry() const { return repository_.address().origin(); }

  // Whatever keeps a registry from mounting, the blob can be sent.
  bool mount() {
    for (const std::string& from : upload_.mount_from) {
      if (session_ || from == repository_.name()) continue;
      try {
        Begun begun = mount_blob(repository_, upload_.blob.digest, from);
        if (!begun.session) return true;
        session_ = std::move(begun.session);
      } catch (const Error& error) {
        if (error.code() == Errc::cancelled) throw;
      }
    }
    return false;
  }

  void take_up() {
    if (upload_.journal == nullptr || size() < worth_noting) return;
    find_noted();
    // One that a registry began instead of mounting.
    if (session_ && !resumed_) note_place();
  }

  void find_noted() {
    record_ = upload_.journal->open(registry().string() + "/" + repository_.name() + "@" +
                                    upload_.blob.digest.string());
    const auto location = record_ ? record_->location(registry()) : std::nullopt;
    if (!location) return;
    const auto known = ask_session(repository_, UploadSession{*location});
    if (!known || known->offset == 0 || known->offset > size()) return;
    if (session_) cancel_upload(repository_, *session_);
    progress_.note(upload_.blob.digest.string() + ": going on after " +
                   std::to_string(known->offset) + " of " + std::to_string(size()) +
                   " bytes, which the registry has");
    go_on(*known);
  }

  void go_on(UploadSession session) {
    session_ = std::move(session);
    in_parts_ = resumed_ = true;
    note_place();
  }

  void begin() {
    session_ = begin_upload(repository_);
    note_place();
  }

  void note_place() {
    if (record_) record_->note(session_->location, registry());
  }

  void send_whole() {
    Response answer =
        put_blob(repository_, *session_, upload_.blob.digest, pieces_.piece(0, size()));
    if (is_done(answer.status)) return finish(answer);
    if (answer.status == 413 && !parts_refused_) {
      progress_.note(repository_.name() + ": the registry takes no body of " +
                     std::to_string(size()) + " bytes: sending it in parts");
      whole_refused_ = in_parts_ = true;
      part_size_ = std::min(part_size_, std::max(size() / 2, least_part));
      discard(answer);
      return restart();
    }
    fail(answer);
  }

  void send_part() {
    if (session_->offset == size()) return complete();
    const std::int64_t wanted = std::max(part_size_, session_->least_part);
    const std::int64_t part = std::min(wanted, size() - session_->offset);
    Response answer = patch_blob(repository_, *session_, pieces_.piece(session_->offset, part));
    if (is_taken(answer.status)) {
      follow_session(*session_, answer);
      discard(answer);
      advance(session_->offset + part);
      return note_place();
    }
    if (answer.status == 413 && part_size_ > std::max(least_part, session_->least_part)) {
      part_size_ = std::max(part_size_ / 4, least_part);
      return resume(answer);
    }
    if (answer.status == 416) return out_of_step(answer);
    if (refuses_parts(answer.status) && !whole_refused_ && !parts_refused_) {
      parts_refused_ = true;
      return in_one_piece(answer);
    }
    fail(answer);
  }

  void complete() {
    Response answer = put_blob(repository_, *session_, upload_.blob.digest, std::nullopt);
    if (is_done(answer.status)) return finish(answer);
    // What it kept of an earlier attempt may be what is wrong.
    if (answer.status == 400 && std::exchange(resumed_, false)) {
      discard(answer);
      return restart();
    }
    fail(answer);
  }

  void finish(Response& answer) {
    discard(answer);
    done_ = true;
  }

  // Only what was never reached before is progress: an upload that always breaks at the same place
  // must come to an end.
  void advance(std::int64_t offset) {
    session_->offset = offset;
    if (offset - furthest_ < mebibyte) return;
    furthest_ = offset;
    attempts_ = 0;
  }

  // The registry is elsewhere than we think, or takes smaller parts only and says it so.
  void out_of_step(Response& answer) {
    if (part_size_ > small_part && upload_.part_size == 0) {
      part_size_ = small_part;
      return resume(answer);
    }
    if (!whole_refused_ && !parts_refused_ && std::exchange(out_of_step_, true)) {
      parts_refused_ = true;
      return in_one_piece(answer);
    }
    out_of_step_ = true;
    fail(answer);
  }

  void in_one_piece(Response& answer) {
    progress_.note(repository_.name() + ": the registry answers " + std::to_string(answer.status) +
                   " to a part: sending the blob in one piece");
    in_parts_ = false;
    discard(answer);
    restart();
  }

  void resume(Response& answer) {
    discard(answer);
    ask_where();
  }

  void fail(Response& answer) {
    const bool lost = answer.status == 404 || answer.status == 410 || answer.status == 416;
    if (!lost && !may_pass(answer.status)) {
      throw refusal_of(answer, "that the registry takes the blob");
    }
    const auto asked = parse_retry_after(answer.headers.find("Retry-After"), std::time(nullptr));
    const std::string told = "status " + std::to_string(answer.status);
    try_again(told, refusal_of(answer, "that the registry takes the blob"), asked);
  }

  void try_again(const std::string& why, const Error& last,
                 std::optional<std::chrono::seconds> asked) {
    const RetryPolicy& policy = repository_.retry();
    if (attempts_ >= policy.retries) {
      const std::int64_t sent = session_ ? session_->offset : 0;
      throw sent == 0 ? last
                      : last.within("after " + std::to_string(sent) + " of " +
                                    std::to_string(size()) + " bytes");
    }
    ++attempts_;
    const auto time = policy.backoff.delay(attempts_, random_fraction(), asked);
    progress_.note(upload_.blob.digest.string() + ": " + why + "; trying again");
    policy.wait(time, repository_.stop());
    ask_where();
  }

  void ask_where() {
    auto known = ask_session(repository_, *session_);
    if (!known || known->offset == 0 || known->offset > size() || parts_refused_) return restart();
    const std::int64_t offset = known->offset;
    go_on(std::move(*known));
    advance(offset);
  }

  // The answer that was lost may have been that all is well.
  void restart() {
    if (attempts_ > 0 && repository_.has_blob(upload_.blob.digest)) {
      done_ = true;
      return;
    }
    cancel_upload(repository_, *session_);
    session_.reset();
  }

  const Repository& repository_;
  const BlobUpload& upload_;
  Progress& progress_;
  Pieces pieces_;
  std::optional<UploadRecord> record_;
  std::optional<UploadSession> session_;
  bool in_parts_ = false;
  std::int64_t part_size_ = 0;
  bool whole_refused_ = false;
  bool parts_refused_ = false;
  bool out_of_step_ = false;
  bool resumed_ = false;
  int attempts_ = 0;
  std::int64_t furthest_ = 0;
  bool done_ = false;
};

}  // namespace

BlobOutcome upload_blob(const Repository& repository, const BlobUpload& upload,
                        Progress& progress) {
  return within(upload.blob.digest.string(),
                [&] { return Uploader(repository, upload, progress).run(); });
}

}  // namespace ocimux
