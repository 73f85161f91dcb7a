#include "jobs/edit_index.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/cargo_platforms.hpp"
#include "jobs/describe.hpp"
#include "jobs/edit_json.hpp"

#include <algorithm>

namespace ocimux {
namespace {

bool is_digest(const std::string& text) {
  return text.starts_with("sha256:") || text.starts_with("sha512:");
}

std::string what_is_in(const ImageStore& store, const Index& index) {
  std::string text;
  bool nested = false;
  for (const Descriptor& listed : index.manifests) {
    nested = nested || media_type::is_index(listed.media_type);
    if (is_attestation(listed) || !media_type::is_manifest(listed.media_type)) continue;
    const auto platform = listed_platform(store, listed);
    text += (text.empty() ? "" : ", ") + (platform ? platform->string() : listed.digest.string());
  }
  if (text.empty()) text = "none";
  return nested ? text + ", and an index in the index, which edits do not look into" : text;
}

/// Picks entries by one selector.
class Picking {
 public:
  Picking(const ImageStore& store, const Index& index) : store_(store), index_(index) {
    for (const Descriptor& listed : index.manifests) {
      platforms_.push_back(listed_platform(store, listed));
    }
  }

  [[nodiscard]] std::vector<std::size_t> by(const std::string& text) const {
    std::vector<std::size_t> places;
    if (is_digest(text)) {
      const Digest digest = parse_digest(text);
      for (std::size_t i = 0; i < platforms_.size(); ++i) {
        if (index_.manifests[i].digest == digest) places.push_back(i);
      }
    } else {
      const Selector selector = parse_selector(text);
      for (std::size_t i = 0; i < platforms_.size(); ++i) {
        if (platforms_[i] && selector.matches(*platforms_[i])) places.push_back(i);
      }
    }
    if (places.empty()) {
      throw Error(Errc::not_found, "expected an image for " + text + " in the index, found " +
                                       what_is_in(store_, index_));
    }
    return places;
  }

 private:
  static Digest parse_digest(const std::string& text) {
    try {
      return Digest::parse(text);
    } catch (const Error& error) {
      throw Error(Errc::invalid_argument, error.what());  // what was typed is wrong, no content
    }
  }

  static Selector parse_selector(const std::string& text) {
    if (auto selector = Selector::parse(text)) return *selector;
    throw Error(Errc::invalid_argument,
                "expected a platform or a digest that picks images, found '" + text + "'",
                "for example linux/arm64, windows:ltsc2022 or '*'");
  }

  const ImageStore& store_;
  const Index& index_;
  std::vector<std::optional<Platform>> platforms_;
};

}  // namespace

EditedIndex open_index(const Edit& edit, const EditTarget& target) {
  const Descriptor& descriptor = target.descriptor;
  if (!media_type::is_index(descriptor.media_type)) {
    throw Error(
        Errc::conflict,
        "expected an index, found " + descriptor.digest.string() + ", which is a single manifest",
        "ocimux merge makes an index of images");
  }
  const std::string text = read_checked(edit.store, descriptor);
  return within(descriptor.digest.string(), [&] {
    return EditedIndex{target, Json::parse(text), Index::parse(text, descriptor.media_type)};
  });
}

void put_index(Edit& edit, const EditedIndex& edited, EditResult& result) {
  const Descriptor& before = edited.target.descriptor;
  const std::string document = edited.json.dump();
  Blob after{before.digest, before.size};
  // Written differently it may say the same.
  if (document != Json::parse(read_checked(edit.store, before)).dump()) {
    check_size(document);
    static_cast<void>(Index::parse(document, before.media_type));  // what others are to read
    after = edit.put(document, before.digest.algorithm());
  }
  Json::Array entries = array_member(edit.index_json, "manifests");
  for (const std::size_t place : edited.target.places) {
    EditedName name = name_of_entry(edit.store.index.manifests[place]);
    name.before = before.digest;
    name.after = after.digest;
    result.names.push_back(std::move(name));
    if (after.digest != before.digest) change_content(entries[place], after.digest, after.size);
  }
  edit.index_json.set("manifests", std::move(entries));
}

std::optional<Platform> listed_platform(const ImageStore& store, const Descriptor& listed) {
  if (!media_type::is_manifest(listed.media_type)) return std::nullopt;
  auto platform = image_platform(
      listed, [&](const Descriptor& document) { return read_checked(store, document); });
  if (platform) platform = platform->normalized();
  return platform;
}

std::vector<std::size_t> pick(const ImageStore& store, const Index& index,
                              const std::vector<std::string>& selectors) {
  std::set<std::size_t> picked;
  if (selectors.empty()) {
    for (std::size_t i = 0; i < index.manifests.size(); ++i) {
      const Descriptor& listed = index.manifests[i];
      if (!is_attestation(listed) && media_type::is_manifest(listed.media_type)) picked.insert(i);
    }
  } else {
    const Picking picking(store, index);
    for (const std::string& selector : selectors) {
      const auto places = picking.by(selector);
      picked.insert(places.begin(), places.end());
    }
  }
  return {picked.begin(), picked.end()};
}

std::set<std::size_t> attestations_of(const Index& index, const std::set<Digest>& images,
                                      const std::set<std::size_t>& gone) {
  std::set<Digest> left;
  for (std::size_t i = 0; i < index.manifests.size(); ++i) {
    if (!gone.contains(i)) left.insert(index.manifests[i].digest);
  }
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < index.manifests.size(); ++i) {
    const auto image = attested_image(index.manifests[i]);
    if (image && images.contains(*image) && !left.contains(*image) && !gone.contains(i)) {
      places.insert(i);
    }
  }
  return places;
}

void erase_entries(EditedIndex& edited, const std::set<std::size_t>& places, EditResult& result) {
  Json::Array left;
  const Json::Array& entries = array_member(edited.json, "manifests");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (places.contains(i)) {
      result.removed.push_back(edited.index.manifests[i]);
    } else {
      left.push_back(entries[i]);
    }
  }
  edited.json.set("manifests", std::move(left));
}

}  // namespace ocimux
