#include "jobs/verify_names.hpp"

#include <ocimux/spec/image_name.hpp>

#include "source/image_store.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace ocimux {
namespace {

std::string annotation_of(const Descriptor& descriptor, std::string_view key) {
  const auto found = descriptor.annotations.find(std::string(key));
  return found == descriptor.annotations.end() ? std::string() : found->second;
}

bool is_alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// image-spec, annotations.md: components of letters and digits with separators between them, and
// slashes between components.
bool is_reference_name(std::string_view name) {
  constexpr std::string_view separators = "-._:@+";
  constexpr std::string_view double_dash = "--";
  bool after_text = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (is_alphanumeric(name[i])) {
      after_text = true;
      continue;
    }
    const bool known = name[i] == '/' || separators.find(name[i]) != std::string_view::npos;
    if (!known || !after_text) return false;
    if (name.substr(i, 2) == double_dash) ++i;
    after_text = false;
  }
  return after_text;
}

std::string tag_in(const std::string& name) {
  return tag_of({.digest = Digest::of(std::string_view()),
                 .annotations = {{std::string(annotation::ref_name), name}}});
}

bool has_tag(const std::string& name) { return tag_in(name) != name; }

// A tag and the full name with that tag are the same; so are a short and a full name.
bool agree(const std::string& ref, const std::string& full) {
  if (ref.find('/') != std::string::npos || has_tag(ref)) {
    return normalized_image_name(ref) == normalized_image_name(full);
  }
  return !has_tag(full) || tag_in(full) == ref;
}

void check_one(const Descriptor& entry, const Spot& spot, Findings& findings) {
  const std::string ref = annotation_of(entry, annotation::ref_name);
  const std::string full = annotation_of(entry, annotation::image_name);
  if (entry.annotations.contains(std::string(annotation::ref_name)) && !is_reference_name(ref)) {
    findings.add(spot, "name-invalid",
                 {"a name of letters and digits, with one of -._:@+/ between them", "'" + ref + "'",
                  "not every tool can address it"});
  }
  if (!ref.empty() && !full.empty() && !agree(ref, full)) {
    findings.add(spot, "name-contradicts",
                 {"one name",
                  "'" + ref + "' (" + std::string(annotation::ref_name) + ") and '" + full + "' (" +
                      std::string(annotation::image_name) + ")",
                  "container engines know it by the second, all others by the first"});
  }
}

}  // namespace

std::vector<std::pair<Descriptor, std::string>> named(const std::vector<Descriptor>& entries) {
  std::map<std::string, std::size_t> uses;
  for (const Descriptor& entry : entries) ++uses[tag_of(entry)];
  std::vector<std::pair<Descriptor, std::string>> all;
  for (const Descriptor& entry : entries) {
    std::string name = tag_of(entry);
    const std::string full = annotation_of(entry, annotation::image_name);
    if (uses[name] > 1 && !full.empty()) name = full;
    if (name.empty() && entry.platform && !entry.platform->os.empty()) {
      name = entry.platform->string();
    }
    constexpr std::size_t shown = 12;
    if (name.empty()) {
      name = "@" + std::string(entry.digest.algorithm()) + ":" +
             std::string(entry.digest.encoded().substr(0, shown));
    }
    all.emplace_back(entry, name);
  }
  return all;
}

void check_names(const std::vector<std::pair<Descriptor, std::string>>& entries,
                 Findings& findings) {
  std::map<std::string, const Descriptor*> known;
  for (const auto& [entry, place] : entries) {
    const Spot spot{place};
    check_one(entry, spot, findings);
    const std::string ref = annotation_of(entry, annotation::ref_name);
    if (ref.empty()) continue;
    // Images of several platforms may share a name, and so may names that differ as a whole.
    const std::string key = ref + '\n' + annotation_of(entry, annotation::image_name) + '\n' +
                            entry.platform.value_or(Platform{}).normalized().string();
    const auto [first, fresh] = known.try_emplace(key, &entry);
    if (fresh || first->second->digest == entry.digest) continue;
    findings.add(spot, "name-duplicate",
                 {"one entry of index.json with the name '" + ref + "'",
                  "another one, for " + entry.digest.string(),
                  "which of them is taken depends on the tool: remove one"});
  }
}

}  // namespace ocimux
