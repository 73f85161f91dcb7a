#include "source/docker_archive.hpp"

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"
#include "source/document_memory.hpp"
#include "spec/descriptor_json.hpp"
#include "spec/json.hpp"
#include "tar/path.hpp"

#include <algorithm>
#include <set>

namespace ocimux {
namespace {

bool is_named(const Json& element, const std::string& tag) {
  const std::vector<std::string> names = strings_member(element, "RepoTags");
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name == tag || name.ends_with(":" + tag) || name == tag + ":latest" ||
           name.ends_with("/" + tag);
  });
}

// docker names the config by its digest: `<hex>.json`, or `blobs/sha256/<hex>`.
void check_config_name(const std::string& name, const std::string& text) {
  constexpr std::size_t hex_length = 64;
  std::string stem = name.substr(name.rfind('/') + 1);
  stem = stem.substr(0, stem.find('.'));
  if (stem.size() != hex_length ||
      stem.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return;
  }
  const Digest found = Digest::of(text);
  if (found.encoded() != stem) {
    throw Error(Errc::corrupt,
                "expected content with the digest that its name says, found " + found.string());
  }
}

Image read_element(const std::string& name, const TarArchive& archive, const Json& element,
                   DocumentMemory& memory) {
  refuse_other_spellings(element, {"Config", "RepoTags", "Layers"});
  SavedImage saved;
  const std::string config = string_member(element, "Config");
  saved.config_text = within(
      config, [&] { return read_document(archive.body(member_path(config)), largest_document); });
  within(config, [&] { check_config_name(config, saved.config_text); });
  saved.config = within(config, [&] { return ImageConfig::parse(saved.config_text); });
  memory.count(saved.config_text.size());  // one file may be many images' config: by links
  const std::vector<std::string> layers = strings_member(element, "Layers");
  if (layers.size() != saved.config.diff_ids.size()) {
    throw Error(Errc::corrupt, "expected as many layers as the config has DiffIDs (" +
                                   std::to_string(saved.config.diff_ids.size()) + "), found " +
                                   std::to_string(layers.size()));
  }
  for (const std::string& layer : layers) {
    saved.layers.push_back(archive.body(member_path(layer)));
  }
  return {name, {}, {}, std::move(saved)};
}

}  // namespace

bool is_docker_manifest(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    const Json::Array& elements = json.as_array();
    return !elements.empty() && std::all_of(elements.begin(), elements.end(), [](const Json& e) {
      return e.is_object() && e.find("Config") != nullptr && e.find("Layers") != nullptr;
    });
  } catch (const Error&) {
    return false;  // a root filesystem may hold any manifest.json
  }
}

std::vector<Image> read_docker_archive(const std::string& name,
                                       const std::shared_ptr<const TarArchive>& archive,
                                       const LocalReference& reference) {
  if (reference.digest) {
    throw Error(Errc::not_found,
                "expected the image " + reference.digest->string() + " in " + name +
                    ", found a docker save archive, which names no digests",
                "name one of its tags, or take it whole");
  }
  const Json json = within(docker_manifest_file, [&] {
    return Json::parse(
        read_document(archive->body(std::string(docker_manifest_file)), largest_document));
  });
  DocumentMemory memory;
  std::vector<Image> images;
  std::set<std::string> seen;
  std::string names;
  for (const Json& element : json.as_array()) {
    for (const std::string& tag : strings_member(element, "RepoTags")) names += " " + tag;
    if (!reference.tag.empty() && !is_named(element, reference.tag)) continue;
    // One image under several names is one image.
    if (!seen.insert(string_member(element, "Config")).second) continue;
    images.push_back(within(docker_manifest_file,
                            [&] { return read_element(name, *archive, element, memory); }));
  }
  if (images.empty()) {
    throw Error(Errc::not_found,
                "expected the tag '" + reference.tag + "' in " + name + ", found none",
                "its tags are:" + names);
  }
  return images;
}

}  // namespace ocimux
