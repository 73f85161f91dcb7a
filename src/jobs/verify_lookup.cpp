#include "jobs/verify_lookup.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "digest/hasher.hpp"
#include "io/memory.hpp"
#include "jobs/verify_documents.hpp"

namespace ocimux {
namespace {

constexpr std::size_t most_documents = 100'000;
constexpr std::int64_t most_bytes = std::int64_t{256} << 20;

Digest digest_like(const Digest& like, std::string_view bytes) {
  Hasher hasher(like.algorithm());
  hasher.update(as_bytes(bytes));
  return hasher.digest();
}

}  // namespace

void Lookup::wrong(const Spot& spot, std::string_view code, Said said, const Digest& digest) {
  wrong_.emplace(digest, std::pair(code, said));
  findings_.add(spot, code, std::move(said), digest);
}

std::optional<Body> Lookup::find(const Descriptor& descriptor, const Spot& spot) {
  // Also where the blob is there: readers that take the bytes from the descriptor get others.
  auto data = data_of(descriptor, spot, findings_);
  try {
    auto body = layout_.find(descriptor);
    if (body && !body->remote) sizes_.emplace(descriptor.digest, body->size);
    check_size(descriptor, spot);
    if (body || media_type::is_foreign_layer(descriptor.media_type)) return body;
    if (data) return memory_body(std::move(*data));
    wrong(spot, "blob-missing",
          {"the blob " + descriptor.digest.string(), "none",
           "the input is incomplete: export it again with all its blobs"},
          descriptor.digest);
  } catch (const Error& error) {
    tell_unreadable(error, descriptor, spot);
  }
  return std::nullopt;
}

void Lookup::tell_unreadable(const Error& error, const Descriptor& descriptor, const Spot& spot) {
  if (error.code() == Errc::cancelled || error.code() == Errc::network) throw error;
  const bool content = error.code() == Errc::corrupt || error.code() == Errc::unsupported;
  // What a registry sends is checked as it comes: only its content can be wrong.
  const bool remote = !layout_.tell_others;
  wrong(spot,
        !content ? "blob-unreadable"
        : remote ? "blob-digest"
                 : "blob-not-regular",
        said_by(error).said, descriptor.digest);
}

void Lookup::check_size(const Descriptor& descriptor, const Spot& spot) {
  const auto size = sizes_.find(descriptor.digest);
  if (size == sizes_.end() || size->second == descriptor.size) return;
  findings_.add(spot, "blob-size",
                {std::to_string(descriptor.size) + " bytes, as its descriptor says",
                 std::to_string(size->second)},
                descriptor.digest);
}

std::optional<std::string> Lookup::text_of(const Descriptor& descriptor, const Spot& spot) {
  auto text = unchecked_text_of(descriptor, spot);
  if (text) {
    const Digest found = digest_like(descriptor.digest, *text);
    if (found == descriptor.digest) return text;
    wrong(spot, "blob-digest",
          {"content with digest " + descriptor.digest.string(),
           "content with digest " + found.string(), "the blob is damaged: bring it here again"},
          descriptor.digest);
  }
  complete_ = false;
  return std::nullopt;
}

std::optional<std::string> Lookup::unchecked_text_of(const Descriptor& descriptor,
                                                     const Spot& spot) {
  const auto body = find(descriptor, spot);
  if (!body) return std::nullopt;
  if (body->size > largest_document) {
    findings_.add(spot, "limit-exceeded",
                  {"documents of at most " + std::to_string(largest_document) + " bytes",
                   "one of " + std::to_string(body->size)},
                  descriptor.digest);
    return std::nullopt;
  }
  bytes_ += body->size;
  if (++documents_ > most_documents || bytes_ > most_bytes) {
    findings_.add(Spot{"", spot.order}, "limit-exceeded",
                  {"at most " + std::to_string(most_documents) + " documents of " +
                       std::to_string(most_bytes >> 20U) + " MiB together in one input",
                   "more", "name one image with PATH:TAG"});
    return std::nullopt;
  }
  try {
    return read_document(*body, largest_document);
  } catch (const Error& error) {
    tell_unreadable(error, descriptor, spot);
    return std::nullopt;
  }
}

bool Lookup::has(const Descriptor& descriptor) const {
  try {
    return layout_.find(descriptor).has_value();
  } catch (const Error& error) {
    if (error.code() == Errc::cancelled || error.code() == Errc::network) throw;
    return true;
  }
}

void Lookup::again(const Descriptor& descriptor, const Spot& spot) {
  if (const auto known = wrong_.find(descriptor.digest); known != wrong_.end()) {
    findings_.add(spot, known->second.first, known->second.second, descriptor.digest);
  }
  static_cast<void>(data_of(descriptor, spot, findings_));
  check_size(descriptor, spot);
}

}  // namespace ocimux
