#include "jobs/naming.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <set>
#include <tuple>

namespace ocimux {
namespace {

Error tag_exists(const ImageName& name) {
  return {Errc::already_exists, "expected no tag '" + name.string() + "', found one",
          "--replace moves it"};
}

bool lists(const Index& index, const Digest& digest) {
  return std::any_of(index.manifests.begin(), index.manifests.end(),
                     [&](const Descriptor& descriptor) { return descriptor.digest == digest; });
}

}  // namespace

std::vector<ImageName> parse_names(const std::vector<std::string>& tags) {
  std::vector<ImageName> names;
  names.reserve(tags.size());
  for (const std::string& tag : tags) names.push_back(ImageName::parse(tag));
  std::sort(names.begin(), names.end(), [](const ImageName& a, const ImageName& b) {
    return std::tie(a.full, a.tag) < std::tie(b.full, b.tag);
  });
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::vector<ImageName> all = names;
  std::erase_if(names, [&](const ImageName& name) {
    return name.full.empty() && std::any_of(all.begin(), all.end(), [&](const ImageName& other) {
             return !other.full.empty() && other.tag == name.tag;
           });
  });
  return names;
}

void refuse_existing_tags(const Index& index, const std::vector<ImageName>& names) {
  for (const ImageName& name : names) {
    for (const Descriptor& descriptor : index.manifests) {
      if (has_name(descriptor, name)) throw tag_exists(name);
    }
  }
}

void refuse_ambiguous_name(const std::vector<Descriptor>& entries, const ImageName& name) {
  if (!name.full.empty()) return;
  std::set<std::string> names;
  for (const Descriptor& entry : entries) {
    const auto has = name_of(entry);
    if (has && !has->full.empty() && is_same_name(*has, name)) names.insert(has->full);
  }
  if (names.size() < 2) return;
  std::string text;
  for (const std::string& full : names) text += (text.empty() ? "" : ", ") + full;
  throw Error(Errc::conflict, "expected one image with the tag '" + name.tag + "', found " + text,
              "say the full name, for example " + *names.begin());
}

Index with_entries(const Index& now, const std::vector<IndexEntry>& entries, ExistingTags tags) {
  Index index = now;
  for (const IndexEntry& entry : entries) {
    if (!entry.name) continue;
    if (tags == ExistingTags::moved) refuse_ambiguous_name(now.manifests, *entry.name);
    const auto removed = std::erase_if(index.manifests, [&](const Descriptor& descriptor) {
      return has_name(descriptor, *entry.name);
    });
    if (removed != 0 && tags == ExistingTags::refused) throw tag_exists(*entry.name);
  }
  for (const IndexEntry& entry : entries) {
    if (entry.name) {
      Descriptor descriptor = entry.descriptor;
      descriptor.annotations.clear();  // those of the image stand in its index
      index.manifests.push_back(named(std::move(descriptor), *entry.name));
    } else if (!lists(index, entry.descriptor.digest)) {
      index.manifests.push_back(entry.descriptor);
    }
  }
  return index;
}

}  // namespace ocimux
