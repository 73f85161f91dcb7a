#include "jobs/reached.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "jobs/cargo_documents.hpp"
#include "spec/descriptor_json.hpp"

#include <tuple>
#include <utility>
#include <vector>

namespace ocimux {
namespace {

/// Where a document names a digest.
enum class Role { listed, subject, other };

/// A document that may lead further.
struct Further {
  Descriptor descriptor;
  Role role;
};

std::optional<Digest> digest_in(const Json& object) {
  const Json* digest = object.find("digest");
  if (digest == nullptr || !digest->is_string()) return std::nullopt;
  try {
    return Digest::parse(digest->as_string());
  } catch (const Error&) {
    return std::nullopt;  // of another algorithm: ocimux knows no such blobs, and leaves them
  }
}

// Layers and configs lead nowhere; what else an index lists is looked into.
bool may_lead_further(const std::string& type, Role role) {
  if (media_type::is_index(type) || media_type::is_manifest(type)) return true;
  const bool layer = type.starts_with("application/vnd.oci.image.layer.") ||
                     type.starts_with("application/vnd.docker.image.rootfs.");
  return role == Role::listed && !layer && !media_type::is_config(type);
}

class Reaching {
 public:
  explicit Reaching(const ImageStore& store) : blobs_{store.name, {}, store.find} {}

  std::set<Digest> from(const std::string& index_text, const std::stop_token& stop) {
    look_through(Json::parse(index_text), Role::listed);
    while (!open_.empty()) {
      throw_if_stopped(stop);
      const Further further = std::move(open_.back());
      open_.pop_back();
      follow(further);  // readers name the document themselves
    }
    return std::move(reached_);
  }

 private:
  void look_through(const Json& json, Role role) {
    if (json.is_array()) {
      for (const Json& item : json.as_array()) look_through(item, role);
    }
    if (!json.is_object()) return;
    if (const auto digest = digest_in(json)) meet(json, *digest, role);
    for (const auto& [key, value] : json.as_object()) {
      look_through(value, key == "manifests" ? Role::listed
                          : key == "subject" ? Role::subject
                                             : Role::other);
    }
  }

  void meet(const Json& json, const Digest& digest, Role role) {
    reached_.insert(digest);
    const Json* type = json.find("mediaType");
    const std::string name = type != nullptr && type->is_string() ? type->as_string() : "";
    if (!may_lead_further(name, role)) return;
    // One that may be missing here may have to be there elsewhere, and mean something else.
    if (!seen_.insert({digest, name, role}).second) return;
    open_.push_back({within(digest.string(), [&] { return parse_descriptor(json); }), role});
  }

  void follow(const Further& further) {
    const Descriptor& descriptor = further.descriptor;
    if (is_document(descriptor)) return follow_document(further);
    // Of any size and kind: what is no JSON leads nowhere.
    if (descriptor.size > largest_document || !blobs_.find(descriptor)) return;
    const std::string text = read_checked(blobs_, descriptor);
    try {
      look_through(Json::parse(text), Role::other);
    } catch (const Error& error) {
      if (error.code() != Errc::corrupt) throw;
    }
  }

  void follow_document(const Further& further) {
    const Descriptor& descriptor = further.descriptor;
    Documents documents(blobs_);  // kept no longer than this: there may be very many
    documents.learn(descriptor);
    if (further.role != Role::listed && !documents.find()(descriptor)) return;
    const std::string& text = documents.text(descriptor);
    within(descriptor.digest.string(), [&] {
      if (media_type::is_index(descriptor.media_type)) {
        static_cast<void>(Index::parse(text, descriptor.media_type));
      } else {
        static_cast<void>(Manifest::parse(text, descriptor.media_type));
      }
      look_through(Json::parse(text), Role::other);
    });
  }

  ImageStore blobs_;
  std::set<Digest> reached_;
  std::set<std::tuple<Digest, std::string, Role>> seen_;
  std::vector<Further> open_;
};

}  // namespace

std::set<Digest> reached(const ImageStore& store, const std::string& index_text,
                         const std::stop_token& stop) {
  return Reaching(store).from(index_text, stop);
}

}  // namespace ocimux
