#include "jobs/verify_images.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/decide_platform.hpp"
#include "jobs/platform_truth.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ocimux {
namespace {

// Podman's --add-compression lists a platform once more, so marked, in zstd.
constexpr const char* zstd_mark = "io.github.containers.compression.zstd";

/// Keeps warnings.
class Warnings final : public Progress {
 public:
  Task begin(std::string_view, std::int64_t) override { return 0; }
  void advance(Task, std::int64_t) override {}
  void end(Task) override {}
  void note(std::string_view) override {}
  void warn(std::string_view text) override { all.emplace_back(text); }

  std::vector<std::string> all;
};

void tell(const ListedImage& image, std::string_view code, std::string_view message,
          Findings& findings) {
  SaidAt said = said_by(message);
  findings.add(image.spot.below(said.where), code, std::move(said.said));
}

std::string in_words(const std::vector<std::pair<Platform, Spot>>& platforms) {
  std::string text;
  for (const auto& [platform, spot] : platforms) {
    text += (text.empty() ? "" : ", ") + platform.string();
  }
  return text.empty() ? "no image" : text;
}

// Settings that cannot be read were told where the config was.
void set_config(PlatformTruth& binaries, const ListedImage& image) {
  try {
    binaries.set_config(config_of(image.image));
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt) throw;
  }
}

/// What a child of an index is for; nothing for what is no image.
std::optional<Platform> platform_of(const Descriptor& child, const Survey& survey,
                                    const std::vector<VerifiedImage>& images) {
  const auto image = survey.image_of.find(child.digest);
  if (image == survey.image_of.end()) return std::nullopt;
  if (child.platform && !child.platform->os.empty()) return child.platform->normalized();
  return images[image->second].platform;
}

std::string duplicate_key(const Platform& platform, const Descriptor& child) {
  std::string key = platform.string();
  for (const std::string& feature : platform.os_features) key += "+" + feature;
  const auto mark = child.annotations.find(zstd_mark);
  return mark == child.annotations.end() ? key : key + " in zstd";
}

/// Gathers the images below one index, each once.
class Flattening {
 public:
  Flattening(const Survey& survey, const std::vector<VerifiedImage>& images)
      : survey_(survey), images_(images) {
    for (std::size_t i = 0; i < survey.indexes.size(); ++i) {
      index_of_.try_emplace(survey.indexes[i].digest, i);
    }
  }

  [[nodiscard]] bool is_index(const Digest& digest) const { return index_of_.contains(digest); }

  PlatformGroup below(const Digest& digest) {
    PlatformGroup group{survey_.indexes[index_of_.at(digest)].spot};
    std::set<Digest> seen;
    add(digest, group, seen);
    return group;
  }

 private:
  void add(const Digest& digest, PlatformGroup& group, std::set<Digest>& seen) {
    if (!seen.insert(digest).second) return;
    const ListedIndex& index = survey_.indexes[index_of_.at(digest)];
    for (const Descriptor& child : index.children) {
      if (is_index(child.digest)) {
        add(child.digest, group, seen);
      } else if (const auto platform = platform_of(child, survey_, images_)) {
        group.platforms.emplace_back(*platform,
                                     survey_.images[survey_.image_of.at(child.digest)].spot);
      }
    }
  }

  const Survey& survey_;
  const std::vector<VerifiedImage>& images_;
  std::map<Digest, std::size_t> index_of_;
};

}  // namespace

VerifiedImage examine(const ListedImage& image, const std::optional<Platform>& said,
                      const Programs& programs, Findings& findings) {
  VerifiedImage verified{image.spot.place};
  verified.binaries = programs.size();
  const auto* stored = std::get_if<StoredImage>(&image.image.content);
  if (stored != nullptr) verified.digest = stored->descriptor.digest;
  PlatformTruth binaries(programs);
  const bool rootfs = std::holds_alternative<RootfsImage>(image.image.content);
  try {
    if (!rootfs && image.config_known) set_config(binaries, image);
    Warnings warnings;
    const PlatformDecision decision =
        decide_platform(image.image, {said, {}, {}, &binaries}, {}, warnings);
    verified.platform = decision.platform;
    for (const std::string& text : decision.contradictions) {
      tell(image, "platform-mismatch", text, findings);
    }
    if (const auto lie = lie_about(binaries, decision)) {
      tell(image, "platform-mismatch", *lie, findings);
    }
    for (const std::string& text : warnings.all) {
      findings.add(image.spot, "os-version-missing",
                   {"an os.version, as every image for Windows has it", "none", text});
    }
    if (const auto surprise = surprise_in(binaries, decision.platform)) {
      findings.add(
          image.spot, "platform-demanding",
          {"binaries for any processor of " + decision.platform.string(), "others: " + *surprise});
    }
  } catch (const Error& error) {
    if (error.code() == Errc::cancelled) throw;
    findings.add(image.spot,
                 error.code() == Errc::invalid_argument ? "platform-unknown" : "document-shape",
                 error);
  }
  return verified;
}

void tell_duplicates(const Survey& survey, const std::vector<VerifiedImage>& images,
                     Findings& findings) {
  for (const ListedIndex& index : survey.indexes) {
    std::map<std::string, const Descriptor*> known;
    std::map<std::string, std::vector<Digest>> windows;  // of an architecture
    const auto tell_one = [&](const Descriptor& child, const Platform& platform,
                              std::string found) {
      const Spot& spot = survey.images[survey.image_of.at(child.digest)].spot;
      findings.add(spot.place.starts_with(index.spot.place) ? spot : index.spot,
                   "platform-duplicate",
                   {"one image for " + platform.string() + " in an index", std::move(found),
                    "runtimes take the first that fits; nobody gets the others"},
                   child.digest);
    };
    for (const Descriptor& child : index.children) {
      const auto platform = platform_of(child, survey, images);
      if (!platform) continue;
      if (platform->os == "windows") windows[platform->architecture].push_back(child.digest);
      const auto [first, fresh] = known.try_emplace(duplicate_key(*platform, child), &child);
      if (fresh) continue;
      const Digest& other = first->second->digest;
      tell_one(child, *platform,
               child.digest.string() +
                   (other == child.digest ? " more than once" : " besides " + other.string()));
    }
    // One that leaves its build open fits where another one does.
    for (const Descriptor& child : index.children) {
      const auto platform = platform_of(child, survey, images);
      if (!platform || platform->os != "windows" || !platform->os_version.empty() ||
          windows[platform->architecture].size() < 2) {
        continue;
      }
      const std::vector<Digest>& all = windows[platform->architecture];
      const Digest& other = all[all.front() == child.digest ? 1 : 0];
      tell_one(child, *platform,
               child.digest.string() + ", without os.version, besides " + other.string());
    }
  }
}

std::vector<PlatformGroup> index_groups(const Survey& survey,
                                        const std::vector<VerifiedImage>& images,
                                        Findings& findings) {
  constexpr std::size_t most = 5'000'000;  // a hostile input may have many large indexes in many
  Flattening flattening(survey, images);
  std::vector<PlatformGroup> groups;
  std::set<Digest> seen;
  std::size_t work = 0;
  for (const Descriptor& root : survey.roots) {
    if (!flattening.is_index(root.digest) || !seen.insert(root.digest).second) continue;
    groups.push_back(flattening.below(root.digest));
    work += groups.back().platforms.size() + 1;
    if (work > most) {
      findings.add(Spot{}, "limit-exceeded",
                   {"at most " + std::to_string(most) + " platforms to compare", "more",
                    "name one image with PATH:TAG"});
      break;
    }
  }
  return groups;
}

PlatformGroup loose_group(const Survey& survey, const std::vector<VerifiedImage>& images) {
  std::set<Digest> in_index;
  for (const ListedIndex& index : survey.indexes) {
    for (const Descriptor& child : index.children) in_index.insert(child.digest);
  }
  PlatformGroup group;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images[i].digest && in_index.contains(*images[i].digest)) continue;
    if (images[i].platform)
      group.platforms.emplace_back(*images[i].platform, survey.images[i].spot);
  }
  return group;
}

void tell_unexpected(const PlatformGroup& group, const std::vector<Platform>& expected,
                     Findings& findings) {
  for (const auto& [platform, spot] : group.platforms) {
    const bool known = std::any_of(
        expected.begin(), expected.end(),
        [&have = platform](const Platform& wanted) { return same_platform(wanted, have); });
    if (known) continue;
    std::string wanted;
    for (const Platform& one : expected) wanted += (wanted.empty() ? "" : ", ") + one.string();
    findings.add(spot, "platform-unexpected", {"one of " + wanted, platform.string()});
  }
}

std::vector<Platform> missing_in(const PlatformGroup& group,
                                 const std::vector<Platform>& expected) {
  std::vector<Platform> missing;
  std::copy_if(
      expected.begin(), expected.end(), std::back_inserter(missing), [&](const Platform& wanted) {
        return std::none_of(group.platforms.begin(), group.platforms.end(),
                            [&](const auto& have) { return same_platform(wanted, have.first); });
      });
  return missing;
}

void tell_missing(const Spot& spot, const std::vector<Platform>& missing,
                  const PlatformGroup& group, Findings& findings) {
  for (const Platform& platform : missing) {
    findings.add(spot, "platform-missing",
                 {"an image for " + platform.string(), in_words(group.platforms)});
  }
}

}  // namespace ocimux
