#include "jobs/diff_side.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/one_image.hpp"
#include "jobs/registry_input.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace ocimux {
namespace {

constexpr std::string_view predicate_type = "in-toto.io/predicate-type";

using Key = std::optional<std::string>;  // nothing: it fits nobody

// There may be thousands of images: they find each other by texts.
Key without_version(const DiffImage& image) {
  if (!image.platform) return std::nullopt;
  const Platform platform = image.platform->normalized();
  return platform.os + '\n' + platform.architecture + '\n' + platform.variant;
}

Key whole(const DiffImage& image) {
  Key key = without_version(image);
  if (!key) return key;
  const Platform platform = image.platform->normalized();
  *key += '\n' + platform.os_version;
  for (const std::string& feature : platform.os_features) *key += '\n' + feature;
  return key;
}

bool is_wanted(const DiffImage& image, const std::vector<Platform>& wanted) {
  if (wanted.empty()) return true;
  return std::any_of(wanted.begin(), wanted.end(), [&](const Platform& platform) {
    return image.platform && same_platform(platform, *image.platform);
  });
}

void refuse_two_for_one_platform(const DiffSide& side) {
  std::set<std::string> known;
  for (const DiffImage& image : side.images) {
    const Key key = whole(image);
    if (!key || known.insert(*key).second) continue;
    throw Error(Errc::conflict,
                side.input.name + ": expected one image for " + image.platform->string() +
                    ", found several",
                "name one with PATH:TAG or PATH@DIGEST");
  }
}

void read_index(DiffSide& side, const ImageReference& reference) {
  if (!side.input.store) return;
  std::map<Digest, Descriptor> distinct;
  for (const Descriptor& descriptor : select(*side.input.store, reference)) {
    distinct.emplace(descriptor.digest, descriptor);
  }
  if (distinct.size() == 1) side.digest = distinct.begin()->first;
  std::erase_if(distinct,
                [](const auto& one) { return !media_type::is_index(one.second.media_type); });
  if (distinct.size() != 1) return;  // none, or of which the platforms alone are compared
  const Descriptor& index = distinct.begin()->second;
  side.index = index.digest;
  side.index_document = Json::parse(read_checked(*side.input.store, index));
}

void add_statements(DiffSide& side, const Attestation& attestation) {
  if (!attestation.subject) return;
  auto& statements = side.statements[*attestation.subject];
  for (const Descriptor& layer : attestation.stored.manifest.layers) {
    const auto type = layer.annotations.find(std::string(predicate_type));
    statements.emplace(type == layer.annotations.end() ? layer.media_type : type->second,
                       layer.digest);
  }
}

// The places of @p images by their keys.
template <typename KeyOf>
std::multimap<std::string, std::size_t> places_by(const std::vector<DiffImage>& images,
                                                  const KeyOf& key_of) {
  std::multimap<std::string, std::size_t> places;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (const Key key = key_of(images[i])) places.emplace(*key, i);
  }
  return places;
}

// Moves to `both` what has the same key, on both sides of only one.
template <typename KeyOf>
void pair_by(DiffPairs& pairs, const KeyOf& key_of) {
  const auto before = places_by(pairs.only_before, key_of);
  const auto after = places_by(pairs.only_after, key_of);
  std::set<std::size_t> taken;
  std::vector<DiffImage> left;
  for (const DiffImage& image : pairs.only_before) {
    const Key key = key_of(image);
    if (key && before.count(*key) == 1 && after.count(*key) == 1) {
      const std::size_t place = after.find(*key)->second;
      pairs.both.emplace_back(image, pairs.only_after[place]);
      taken.insert(place);
    } else {
      left.push_back(image);
    }
  }
  pairs.only_before = std::move(left);
  std::vector<DiffImage> others;
  for (std::size_t i = 0; i < pairs.only_after.size(); ++i) {
    if (!taken.contains(i)) others.push_back(pairs.only_after[i]);
  }
  pairs.only_after = std::move(others);
}

void refuse_unknown(const std::vector<DiffImage>& images) {
  for (const DiffImage& image : images) {
    if (image.platform) continue;
    throw Error(Errc::conflict,
                image.image->origin + ": expected a platform to compare it by, found none",
                "say it with --platform, or in the file's name");
  }
}

}  // namespace

DiffSide open_side(const std::string& reference, const DiffOptions& options, Progress& progress,
                   const std::stop_token& stop) {
  const ImageReference parsed = parse_reference(reference);
  DiffSide side{read_any(parsed, options.registry, progress, stop)};
  for (const Image& image : side.input.images) {
    if (const auto* attestation = std::get_if<Attestation>(&image.content)) {
      add_statements(side, *attestation);
      continue;
    }
    DiffImage one{&image, platform_of(image)};
    if (!one.platform && options.platforms.size() == 1) one.platform = options.platforms.front();
    if (is_wanted(one, options.platforms)) side.images.push_back(std::move(one));
  }
  within(side.input.name, [&] { read_index(side, parsed); });
  refuse_two_for_one_platform(side);
  return side;
}

DiffPairs pair_images(const DiffSide& before, const DiffSide& after) {
  DiffPairs pairs{{}, before.images, after.images};
  pair_by(pairs, whole);
  pair_by(pairs, without_version);
  if (before.images.size() == 1 && after.images.size() == 1 &&
      !(before.images[0].platform && after.images[0].platform)) {
    pair_by(pairs, [](const DiffImage&) { return Key(""); });
  }
  refuse_unknown(pairs.only_before);
  refuse_unknown(pairs.only_after);
  return pairs;
}

}  // namespace ocimux
