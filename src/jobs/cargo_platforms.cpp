#include "jobs/cargo_platforms.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "digest/digester.hpp"
#include "io/memory.hpp"

#include <set>
#include <utility>

namespace ocimux {
namespace {

constexpr std::size_t most_names = 100'000;  // a name for each of many indexes of many images

bool says_all(const Platform& platform) {
  const bool arm = platform.architecture == "arm" && platform.variant.empty();
  const bool windows = platform.os == "windows" && platform.os_version.empty();
  return !arm && !windows;
}

/// What the config says; nothing when it is missing, or that of no image.
std::optional<Platform> platform_of_config(const Descriptor& listed, const ReadText& read) {
  try {
    const Manifest manifest = Manifest::parse(read(listed), listed.media_type);
    if (!media_type::is_config(manifest.config.media_type)) return std::nullopt;
    Platform platform =
        within("config", [&] { return ImageConfig::parse(read(manifest.config)).platform; });
    // Signatures of cosign's have a config that says nothing.
    if (platform.os.empty() || platform.architecture.empty()) return std::nullopt;
    return platform;
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    return std::nullopt;
  }
}

std::string read_from(const Cargo& cargo, const Descriptor& descriptor) {
  if (const CargoDocument* document = cargo.document(descriptor.digest)) return document->text;
  auto body = cargo.find(descriptor);
  if (!body)
    throw Error(Errc::not_found, "expected " + descriptor.digest.string() + ", found none");
  return read_document(verified(std::move(*body), descriptor.digest, descriptor.size),
                       largest_document);
}

/// Collects the images below an index; an index that is listed twice counts once.
class PlatformNames {
 public:
  PlatformNames(const Cargo& cargo, const ImageName& name) : cargo_(cargo), name_(name) {}

  void add_index(const Digest& digest) {
    const CargoDocument* document = cargo_.document(digest);
    if (document == nullptr || !media_type::is_index(document->descriptor.media_type)) return;
    if (!seen_.insert(digest).second) return;
    const Index index = Index::parse(document->text, document->descriptor.media_type);
    for (const Descriptor& child : index.manifests) {
      if (media_type::is_index(child.media_type)) add_index(child.digest);
      if (media_type::is_manifest(child.media_type)) add_manifest(child);
    }
  }

  std::vector<CargoName> take() { return std::move(names_); }

 private:
  void add_manifest(const Descriptor& descriptor) {
    const auto platform = image_platform(
        descriptor, [&](const Descriptor& wanted) { return read_from(cargo_, wanted); });
    if (!platform) return;
    names_.push_back(
        {name_.with_suffix(platform_suffix(platform->normalized())), descriptor.digest});
  }

  const Cargo& cargo_;
  const ImageName& name_;
  std::set<Digest> seen_;
  std::vector<CargoName> names_;
};

}  // namespace

bool is_attestation(const Descriptor& listed) {
  return listed.annotations.contains(std::string(annotation::reference_type)) ||
         (listed.platform && listed.platform->unknown());
}

std::optional<Digest> attested_image(const Descriptor& listed) {
  const auto of = listed.annotations.find(std::string(annotation::reference_digest));
  if (!is_attestation(listed) || of == listed.annotations.end()) return std::nullopt;
  try {
    return Digest::parse(of->second);
  } catch (const Error&) {  // an annotation may be anything
    return std::nullopt;
  }
}

std::optional<Platform> image_platform(const Descriptor& listed, const ReadText& read) {
  if (is_attestation(listed)) return std::nullopt;
  std::optional<Platform> platform = listed.platform;
  if (platform && says_all(*platform)) return platform;
  const auto more = platform_of_config(listed, read);
  if (!platform || !more) return platform ? platform : more;
  // What contradicts the index completes nothing.
  const Platform config = more->normalized();
  const Platform index = platform->normalized();
  if (config.os != index.os || config.architecture != index.architecture) return platform;
  if (platform->variant.empty()) platform->variant = more->variant;
  if (platform->os_version.empty()) platform->os_version = more->os_version;
  return platform;
}

std::vector<CargoName> platform_names(const Cargo& cargo, const Digest& index,
                                      const ImageName& name) {
  PlatformNames names(cargo, name);
  names.add_index(index);
  return names.take();
}

void add_platform_tags(Cargo& cargo) {
  struct Known {
    Digest digest;
    bool platform;
  };
  std::map<std::string, Known> known;
  const auto key = [](const ImageName& name) { return name.tag + " " + name.full; };
  for (const CargoName& name : cargo.names)
    known.emplace(key(name.name), Known{name.digest, false});
  const std::vector<CargoName> named = cargo.names;
  for (const CargoName& name : named) {
    if (name.about) continue;
    for (CargoName& tag : platform_names(cargo, name.digest, name.name)) {
      const auto [place, added] = known.emplace(key(tag.name), Known{tag.digest, true});
      if (!added && place->second.digest != tag.digest) {
        throw Error(Errc::conflict,
                    "expected a tag of its own for each platform, found '" + tag.name.tag +
                        "' for " +
                        (place->second.platform ? "two" : "a platform and another image"),
                    "leave out --platform-tags");
      }
      if (added) cargo.names.push_back(std::move(tag));
      if (cargo.names.size() > most_names) {
        throw Error(Errc::corrupt, "expected at most " + std::to_string(most_names) +
                                       " tags of platforms, found more");
      }
    }
  }
}

}  // namespace ocimux
