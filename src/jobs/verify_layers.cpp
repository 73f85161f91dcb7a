#include "jobs/verify_layers.hpp"

#include "base/parallel.hpp"
#include "compress/decompressed.hpp"
#include "digest/digester.hpp"
#include "io/memory.hpp"
#include "io/relay.hpp"
#include "jobs/layer.hpp"
#include "source/member_front.hpp"
#include "tar/reader.hpp"

#include <memory>
#include <utility>

// One pass over a blob. It is pulled: a tar reader reads what was unpacked, the decompressor what
// is stored. Whatever passes between them is hashed on the way, by threads of their own where there
// are more than layers; and when a reader gives up, the rest is read all the same, because a digest
// is one of all bytes.

namespace ocimux {
namespace {

/// Gives what it reads to a sink, too, and knows whether reading failed.
class Tapped final : public Source {
 public:
  Tapped(std::unique_ptr<Source> from, Sink& tap, std::stop_token stop)
      : from_(std::move(from)), tap_(tap), stop_(std::move(stop)) {}

  std::size_t read(std::span<std::byte> into) override {
    throw_if_stopped(stop_);
    try {
      const std::size_t count = from_->read(into);
      tap_.write(Bytes(into).first(count));
      return count;
    } catch (const Error& error) {
      if (!failure_) failure_ = error;
      throw;
    }
  }

  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  std::unique_ptr<Source> from_;
  Sink& tap_;
  std::stop_token stop_;
  std::optional<Error> failure_;
};

/// A Source that belongs to somebody else.
class Borrowed final : public Source {
 public:
  explicit Borrowed(Source& from) : from_(from) {}
  std::size_t read(std::span<std::byte> into) override { return from_.read(into); }

 private:
  Source& from_;
};

/// Hashes with several algorithms, or none.
class Hashes final : public Sink {
 public:
  explicit Hashes(const std::set<std::string>& algorithms) {
    for (const std::string& algorithm : algorithms) hashers_.emplace(algorithm, Hasher(algorithm));
  }
  void write(Bytes bytes) override {
    for (auto& [algorithm, hasher] : hashers_) hasher.update(bytes);
    size_ += static_cast<std::int64_t>(bytes.size());
  }
  void finish() override {
    for (auto& [algorithm, hasher] : hashers_) digests_.emplace(algorithm, hasher.digest());
  }
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] const std::map<std::string, Digest>& digests() const { return digests_; }

 private:
  std::map<std::string, Hasher> hashers_;
  std::map<std::string, Digest> digests_;
  std::int64_t size_ = 0;
};

/// The last bytes of a stream, by their offset in it.
class Recent final : public Sink {
 public:
  explicit Recent(Sink& next) : next_(next) {}
  void write(Bytes bytes) override {
    next_.write(bytes);
    if (kept_.size() > 2 * most) {
      begin_ += static_cast<std::int64_t>(kept_.size() - most);
      kept_.erase(0, kept_.size() - most);
    }
    kept_ += as_text(bytes);
  }
  void finish() override { next_.finish(); }

  /// Whether @p text stands between these offsets, as far as they are still known.
  [[nodiscard]] bool has(std::string_view text, std::int64_t begin, std::int64_t end) const {
    const std::int64_t from = std::max<std::int64_t>(begin - begin_, 0);
    const std::int64_t to = std::min(end - begin_, static_cast<std::int64_t>(kept_.size()));
    if (from >= to) return false;
    return std::string_view(kept_)
               .substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from))
               .find(text) != std::string_view::npos;
  }

 private:
  // More than a tar reader reads ahead, and the headers of a member of Windows.
  static constexpr std::size_t most = std::size_t{256} * 1024;
  Sink& next_;
  std::string kept_;
  std::int64_t begin_ = 0;
};

void rethrow_if_not_about_it(const Error& error) {
  if (error.code() == Errc::cancelled || error.code() == Errc::network) throw error;
}

void read_to_end(Source& from) {
  std::vector<std::byte> buffer(std::size_t{128} * 1024);
  while (from.read(buffer) != 0) continue;
}

std::optional<LayerRemark> remark_on(TarEnd end) {
  if (end == TarEnd::marked) return std::nullopt;
  if (end == TarEnd::followed) {
    return LayerRemark{"layer-end",
                       {"nothing but zeros behind the two blocks of zeros that end the tar",
                        "more, which engines do not read",
                        "archives that were joined must be layers of their own"}};
  }
  return LayerRemark{
      "layer-end",
      {"two blocks of zeros at the end of the tar",
       end == TarEnd::unpadded ? "the end right behind the last content, which engines take"
                               : "the end without them, which engines take",
       "some tar programs take such a layer for one that was cut short: have the program that "
       "makes it close its tar"}};
}

// Only who reads the content sees whether the map of its holes fits it.
void check_holes(TarReader& reader, const TarMember& member) {
  NullSink dropped;
  within("'" + member.path + "'", [&] { reader.content(dropped); });
}

void look_into(Source& unpacked, const Recent* recent, BlobFacts& facts) {
  TarReader reader(std::make_unique<Borrowed>(unpacked), TarReader::Names::verbatim);
  LayerContents contents;
  const auto keep = [&] {
    contents.end();
    facts.remarks = contents.take_remarks();
    facts.windows = contents.windows();
    facts.paths = contents.paths();
    facts.symlinks = contents.symlinks();
    facts.open_links = contents.open_links();
  };
  try {
    while (auto member = reader.next()) {
      const bool records = recent == nullptr ||
                           recent->has("MSWINDOWS.", member->header_offset, member->data_offset);
      const auto path = contents.add(
          *member, records ? LayerContents::Records::present : LayerContents::Records::missing);
      if (!path) continue;
      member->path = *path;
      if (member->link_target.starts_with('/') && member->kind == TarMember::Kind::hard_link) {
        member->link_target.erase(0, member->link_target.find_first_not_of('/'));
      }
      MemberFront front(reader);
      facts.programs.add(
          *member, path_in_root(*path),
          [&](std::span<std::byte> into, std::int64_t offset) { return front.read(into, offset); });
      if (member->sparse) check_holes(reader, *member);
    }
  } catch (const Error&) {
    keep();
    throw;
  }
  keep();
  if (auto remark = remark_on(reader.end())) facts.remarks.push_back(std::move(*remark));
}

/// The stream that @p stored holds; nothing (and why) where it is in no compression of layers.
std::unique_ptr<Source> opened(Tapped& stored, BlobFacts& facts) {
  try {
    return decompressed(std::make_unique<Borrowed>(stored));
  } catch (const Error& error) {
    rethrow_if_not_about_it(error);
    facts.compression = error;
    return nullptr;
  }
}

/// Unpacks what @p stored gives, and looks into it.
void unpack(Tapped& stored, const BlobQuestions& questions, std::size_t threads, BlobFacts& facts,
            const std::stop_token& stop) {
  std::unique_ptr<Source> source = opened(stored, facts);
  if (!source) return;
  // What is not compressed needs no second hash.
  const bool same = facts.codec == Codec::none && questions.diff_ids.size() == 1 &&
                    questions.diff_ids.contains(questions.algorithm);
  Hashes hashes(same ? std::set<std::string>() : questions.diff_ids);
  Relay hashing(hashes, same ? 1 : threads);
  Recent recent(hashing);
  Tapped unpacked(std::move(source), questions.windows ? static_cast<Sink&>(recent) : hashing,
                  stop);
  try {
    look_into(unpacked, questions.windows ? &recent : nullptr, facts);
  } catch (const Error& error) {
    rethrow_if_not_about_it(error);
    if (!unpacked.failure()) facts.tar = error;
  }
  try {
    if (unpacked.failure()) throw *unpacked.failure();
    read_to_end(unpacked);
  } catch (const Error& error) {
    rethrow_if_not_about_it(error);
    facts.compression = error;
    return;
  }
  hashing.finish();
  facts.diff_ids = hashes.digests();
}

}  // namespace

BlobFacts read_blob(const Body& body, const BlobQuestions& questions, std::size_t threads,
                    ProgressTask& task, const std::stop_token& stop) {
  BlobFacts facts;
  Hashes hashes(questions.algorithm.empty() ? std::set<std::string>()
                                            : std::set<std::string>{questions.algorithm});
  Relay hashing(hashes, questions.algorithm.empty() ? 1 : threads);
  std::optional<Tapped> stored;
  try {
    const Body told = sniffed(watched(body, task), [&](Codec codec) { facts.codec = codec; });
    stored.emplace(told.open(), hashing, stop);
    if (!questions.diff_ids.empty()) unpack(*stored, questions, threads, facts, stop);
    if (!stored->failure()) read_to_end(*stored);
  } catch (const Error& error) {
    rethrow_if_not_about_it(error);
    facts.unreadable = error;
    return facts;
  }
  if (stored->failure()) {
    rethrow_if_not_about_it(*stored->failure());
    facts.unreadable = stored->failure();
    return facts;
  }
  hashing.finish();
  facts.size = hashes.size();
  if (!questions.algorithm.empty()) facts.digest = hashes.digests().at(questions.algorithm);
  // What is not compressed has one hash.
  if (facts.digest && !facts.compression && facts.diff_ids.empty() && !questions.diff_ids.empty()) {
    facts.diff_ids.emplace(questions.algorithm, *facts.digest);
  }
  return facts;
}

std::vector<LayerRemark> remarks_on(const std::shared_ptr<const File>& file,
                                    const std::stop_token& stop) {
  LayerContents contents;
  TarReader reader(file);
  while (auto member = reader.next()) {
    throw_if_stopped(stop);
    member->odd_type.reset();  // merge writes such a tar anew
    contents.add(*member, LayerContents::Records::present);
  }
  contents.end();
  std::vector<LayerRemark> remarks = contents.take_remarks();
  std::vector<Said> dangling;
  for (const auto& [target, link] : contents.open_links()) {
    if (contents.symlinks().has_parent_of(target)) continue;  // it may lead to an entry
    dangling.push_back(
        {"hard links to entries before them", dangling_link(link, target, contents.paths())});
  }
  for (Said& said : shortened(std::move(dangling))) {
    remarks.push_back({"hard-link-target", std::move(said)});
  }
  return remarks;
}

}  // namespace ocimux
