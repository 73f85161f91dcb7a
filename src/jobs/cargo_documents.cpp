#include "jobs/cargo_documents.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "io/memory.hpp"
#include "registry/base64.hpp"
#include "spec/descriptor_json.hpp"

#include <utility>

namespace ocimux {
namespace {

// Real images have some KiB of documents each; the limits keep a hostile input from going on.
constexpr std::size_t most_documents = 100'000;
constexpr std::int64_t most_bytes = std::int64_t{256} << 20;

constexpr std::string_view empty_document = "{}";  // image-spec, manifest.md: the empty descriptor

std::optional<std::string> data_of(const Descriptor& descriptor) {
  if (descriptor.others.empty()) return std::nullopt;
  const Json others = Json::parse(descriptor.others);
  const Json* data = others.find("data");
  if (data == nullptr || !data->is_string()) return std::nullopt;
  return base64_decode(data->as_string());
}

Error too_much(const std::string& limit) {
  return {Errc::corrupt,
          "expected at most " + limit + " of manifests and indexes at a time, found more",
          "name one image with PATH:TAG"};
}

}  // namespace

void check_depth(int depth) {
  if (depth <= deepest_index) return;
  throw Error(Errc::corrupt, "expected at most " + std::to_string(deepest_index) +
                                 " levels of indexes, found more");
}

Documents::Documents(const ImageStore& store)
    : embedded_(std::make_shared<std::map<Digest, std::string>>()), store_(store) {
  embedded_->emplace(Digest::of(empty_document), empty_document);
  store_.find = [find = store.find, embedded = embedded_](const Descriptor& descriptor) {
    std::optional<Body> body = find(descriptor);
    if (body) return body;
    const auto known = embedded->find(descriptor.digest);
    if (known != embedded->end()) body = memory_body(known->second);
    return body;
  };
}

const std::string& Documents::text(const Descriptor& descriptor) {
  const auto known = texts_.find(descriptor.digest);
  if (known != texts_.end()) {
    const auto size = static_cast<std::int64_t>(known->second.size());
    if (size != descriptor.size) throw_wrong_size(descriptor.digest, descriptor.size, size);
    return known->second;
  }
  learn(descriptor);
  try {
    std::string text = read_checked(store_, descriptor);
    count(text);
    return texts_.emplace(descriptor.digest, std::move(text)).first->second;
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    throw error.hinting(
        "export it again with all its blobs, or take the platforms that are there "
        "with --platform");
  }
}

Descriptor Documents::add(Descriptor like, std::string text) {
  count(text);
  like = without_data(std::move(like));
  like.digest = Digest::of(text);
  like.size = static_cast<std::int64_t>(text.size());
  texts_.emplace(like.digest, std::move(text));
  return like;
}

void Documents::learn(const Descriptor& descriptor) {
  if (auto data = data_of(descriptor)) embedded_->emplace(descriptor.digest, std::move(*data));
}

void Documents::count(const std::string& text) {
  bytes_ += static_cast<std::int64_t>(text.size());
  if (bytes_ > most_bytes) throw too_much("256 MiB");
  if (texts_.size() >= most_documents) throw too_much(std::to_string(most_documents));
}

bool is_document(const Descriptor& descriptor) {
  return media_type::is_index(descriptor.media_type) ||
         media_type::is_manifest(descriptor.media_type);
}

std::optional<Digest> subject_of(Documents& documents, const Descriptor& descriptor) {
  const std::string& type = descriptor.media_type;
  if (media_type::is_index(type)) return subject_of(Index::parse(documents.text(descriptor), type));
  if (!media_type::is_manifest(type)) return std::nullopt;
  const Manifest manifest = Manifest::parse(documents.text(descriptor), type);
  if (!manifest.subject) return std::nullopt;
  return manifest.subject->digest;
}

// image-spec gave it to indexes in 1.1, so that it is among the members without a name here.
std::optional<Digest> subject_of(const Index& index) {
  if (index.others.empty()) return std::nullopt;
  const Json others = Json::parse(index.others);
  const Json* subject = others.find("subject");
  if (subject == nullptr) return std::nullopt;
  return within("subject", [&] { return parse_descriptor(*subject).digest; });
}

Descriptor without_data(Descriptor descriptor) {
  if (!descriptor.others.empty()) {
    Json others = Json::parse(descriptor.others);
    others.erase("data");
    descriptor.others = others.as_object().empty() ? std::string() : others.dump();
  }
  return descriptor;
}

}  // namespace ocimux
