#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "source/image_store.hpp"

#include <set>
#include <utility>

// Follows descriptors down to images. Real nesting is two or three levels (BuildKit wraps an
// index in index.json); the limits keep a hostile input from going on for ever.

namespace ocimux {
namespace {

constexpr int deepest_index = 8;
constexpr std::size_t most_manifests = 100'000;

class Walk {
 public:
  Walk(const ImageStore& store, DocumentMemory& memory, Progress& progress)
      : store_(store), memory_(memory), progress_(progress) {}

  void visit(const Descriptor& descriptor, int depth) {
    const bool index = media_type::is_index(descriptor.media_type);
    // One manifest may be listed for several platforms: each is an image of its own. An index is
    // the same for all, and is looked into once, or a few of them could keep us reading for ever.
    const Platform platform =
        index ? Platform{} : descriptor.platform.value_or(Platform{}).normalized();
    if (!seen_.insert({descriptor.digest, platform.string()}).second) return;
    if (seen_.size() > most_manifests) {
      throw Error(Errc::corrupt, "expected at most " + std::to_string(most_manifests) +
                                     " manifests in one input, found more");
    }
    // What else there may be is left out unread: it can be of any size (image-index.md: unknown
    // media types are no error).
    if (!index && !media_type::is_manifest(descriptor.media_type)) {
      return other(descriptor, "has the media type '" + descriptor.media_type + "'");
    }
    if (!store_.find(descriptor)) return missing(descriptor);
    const std::string text = read(descriptor);
    within(descriptor.digest.string(), [&] {
      index ? visit_index(Index::parse(text, descriptor.media_type), depth)
            : visit_manifest(descriptor, text);
    });
  }

  std::vector<Image> take(bool may_be_empty) {
    if (images_.empty() && !may_be_empty) {
      throw Error(missing_ ? Errc::not_found : Errc::corrupt,
                  "expected images in " + store_.name + ", found none" +
                      (missing_ ? " of those that it lists" : ""));
    }
    drop_repeated();
    return std::move(images_);
  }

 private:
  std::string read(const Descriptor& descriptor) {
    std::string text = read_checked(store_, descriptor);
    memory_.count(text.size());
    return text;
  }

  // A descriptor without a platform says less than another one of the same manifest.
  void drop_repeated() {
    std::set<Digest> with_platform;
    for (const Image& image : images_) {
      const auto* stored = std::get_if<StoredImage>(&image.content);
      if (stored != nullptr && stored->descriptor.platform) {
        with_platform.insert(stored->descriptor.digest);
      }
    }
    std::erase_if(images_, [&](const Image& image) {
      const auto* stored = std::get_if<StoredImage>(&image.content);
      return stored != nullptr && !stored->descriptor.platform &&
             with_platform.contains(stored->descriptor.digest);
    });
  }

  void visit_index(const Index& index, int depth) {
    if (depth == deepest_index) {
      throw Error(Errc::corrupt, "expected at most " + std::to_string(deepest_index) +
                                     " levels of indexes, found more");
    }
    for (const Descriptor& child : index.manifests) visit(child, depth + 1);
  }

  void visit_manifest(const Descriptor& descriptor, const std::string& text) {
    StoredImage stored{descriptor, text, Manifest::parse(text, descriptor.media_type),
                       {},         {},   store_.find};
    const auto type = descriptor.annotations.find(std::string(annotation::reference_type));
    const bool marked = type != descriptor.annotations.end();
    if (marked || (descriptor.platform && descriptor.platform->unknown())) {
      return add_attestation(std::move(stored));
    }
    if (!media_type::is_config(stored.manifest.config.media_type)) {
      return other(descriptor, "is an artifact with a config of type '" +
                                   stored.manifest.config.media_type + "'");
    }
    stored.config_text = read(stored.manifest.config);
    stored.config = within("config", [&] { return ImageConfig::parse(stored.config_text); });
    check_layers(stored);
    images_.push_back({store_.name, {}, {}, std::move(stored)});
  }

  static void check_layers(const StoredImage& stored) {
    const std::size_t layers = stored.manifest.layers.size();
    const std::size_t diff_ids = stored.config.diff_ids.size();
    if (layers != diff_ids) {
      // A code of its own: docker save of 25.0.0 writes such manifests (moby#47065).
      throw Error(Errc::conflict, "expected as many layers as the config has DiffIDs (" +
                                      std::to_string(diff_ids) + "), found " +
                                      std::to_string(layers));
    }
  }

  void add_attestation(StoredImage stored) {
    // Its config is mostly the empty one, and may be given inside the descriptor only.
    if (store_.find(stored.manifest.config)) {
      stored.config_text = read(stored.manifest.config);
    }
    Attestation attestation{std::move(stored), {}};
    const Descriptor& descriptor = attestation.stored.descriptor;
    const auto of = descriptor.annotations.find(std::string(annotation::reference_digest));
    if (of != descriptor.annotations.end()) {
      attestation.subject = Digest::parse(of->second);
    } else if (attestation.stored.manifest.subject) {
      attestation.subject = attestation.stored.manifest.subject->digest;
    }
    images_.push_back({store_.name, {}, {}, std::move(attestation)});
  }

  void missing(const Descriptor& descriptor) {
    missing_ = true;
    progress_.warn(store_.name + " lists " + describe(descriptor) +
                   " but does not hold it: left out");
  }

  void other(const Descriptor& descriptor, const std::string& why) {
    progress_.note(store_.name + ": " + describe(descriptor) + " " + why + ": left out");
  }

  static std::string describe(const Descriptor& descriptor) {
    return (descriptor.platform ? descriptor.platform->string() + " " : "") +
           descriptor.digest.string();
  }

  const ImageStore& store_;
  DocumentMemory& memory_;
  Progress& progress_;
  std::set<std::pair<Digest, std::string>> seen_;
  std::vector<Image> images_;
  bool missing_ = false;
};

}  // namespace

std::vector<Image> read_images(const ImageStore& store, const LocalReference& reference,
                               Progress& progress) {
  DocumentMemory memory;
  Walk walk(store, memory, progress);
  for (const Descriptor& descriptor : select(store, reference)) walk.visit(descriptor, 0);
  return walk.take(false);
}

std::vector<Image> images_below(const ImageStore& store, const Descriptor& descriptor,
                                DocumentMemory& memory, Progress& progress) {
  Walk walk(store, memory, progress);
  walk.visit(descriptor, 0);
  return walk.take(true);
}

}  // namespace ocimux
