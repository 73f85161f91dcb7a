#include "jobs/diff_side.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/one_image.hpp"
#include "jobs/registry_input.hpp"

#include <algorithm>

namespace ocimux {
namespace {

constexpr std::string_view predicate_type = "in-toto.io/predicate-type";

bool same(const Platform& a, const Platform& b) {
  const Platform x = a.normalized();
  return x == b.normalized();
}

bool same_but_version(const Platform& a, const Platform& b) {
  const Platform x = a.normalized();
  const Platform y = b.normalized();
  return x.os == y.os && x.architecture == y.architecture && x.variant == y.variant;
}

bool is_wanted(const DiffImage& image, const std::vector<Platform>& wanted) {
  if (wanted.empty()) return true;
  return std::any_of(wanted.begin(), wanted.end(), [&](const Platform& platform) {
    return image.platform && same_platform(platform, *image.platform);
  });
}

void refuse_two_for_one_platform(const DiffSide& side) {
  for (auto a = side.images.begin(); a != side.images.end(); ++a) {
    const auto twin = std::find_if(std::next(a), side.images.end(), [&](const DiffImage& b) {
      return a->platform && b.platform && same(*a->platform, *b.platform);
    });
    if (twin == side.images.end()) continue;
    throw Error(
        Errc::conflict,
        side.input.name + ": expected one image for " + a->platform->string() + ", found several",
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

// Takes what @p fits from @p others, if it is the only one.
template <typename Fits>
std::optional<DiffImage> take_only(std::vector<DiffImage>& others, const Fits& fits) {
  const auto first = std::find_if(others.begin(), others.end(), fits);
  if (first == others.end() || std::count_if(others.begin(), others.end(), fits) != 1) {
    return std::nullopt;
  }
  const DiffImage found = *first;
  others.erase(first);
  return found;
}

// Moves to `both` what @p same says is the same, on both sides of only one.
template <typename Same>
void pair_by(DiffPairs& pairs, const Same& same) {
  std::vector<DiffImage> left;
  const std::vector<DiffImage> all = pairs.only_before;
  for (const DiffImage& image : all) {
    const auto twins = std::count_if(all.begin(), all.end(),
                                     [&](const DiffImage& other) { return same(image, other); });
    const auto other =
        twins != 1
            ? std::nullopt
            : take_only(pairs.only_after, [&](const DiffImage& one) { return same(image, one); });
    if (other) {
      pairs.both.emplace_back(image, *other);
    } else {
      left.push_back(image);
    }
  }
  pairs.only_before = std::move(left);
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
  pair_by(pairs, [](const DiffImage& a, const DiffImage& b) {
    return a.platform && b.platform && same(*a.platform, *b.platform);
  });
  pair_by(pairs, [](const DiffImage& a, const DiffImage& b) {
    return a.platform && b.platform && same_but_version(*a.platform, *b.platform);
  });
  if (before.images.size() == 1 && after.images.size() == 1) {
    pair_by(pairs, [](const DiffImage& a, const DiffImage& b) {
      return &a == &b || !a.platform || !b.platform;
    });
  }
  refuse_unknown(pairs.only_before);
  refuse_unknown(pairs.only_after);
  return pairs;
}

}  // namespace ocimux
