#include "source/image_store.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/image_name.hpp>
#include <ocimux/spec/media_types.hpp>

#include "digest/digester.hpp"
#include "io/memory.hpp"
#include "layout/layout_files.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace ocimux {
namespace {

std::string blob_path(const Digest& digest) {
  return "blobs/" + std::string(digest.algorithm()) + "/" + std::string(digest.encoded());
}

std::string known_names(const ImageStore& store) {
  std::string names;
  std::set<std::string> told;
  for (const Descriptor& descriptor : store.index.manifests) {
    const std::string tag = tag_of(descriptor);
    if (!tag.empty() && told.insert(tag).second) names += (names.empty() ? "" : ", ") + tag;
  }
  return names.empty() ? "it has no tags" : "its tags are: " + names;
}

bool has_name(const Descriptor& descriptor, const std::string& name) {
  const auto is = [&](std::string_view key) {
    const auto found = descriptor.annotations.find(std::string(key));
    return found != descriptor.annotations.end() &&
           (found->second == name ||
            (name.find(':') != std::string::npos && found->second == normalized_image_name(name)));
  };
  return is(annotation::ref_name) || is(annotation::image_name) || tag_of(descriptor) == name;
}

// A digest may also name what an index of index.json lists.
std::optional<Descriptor> find_digest(const ImageStore& store, const Index& index,
                                      const Digest& digest, int depth, std::set<Digest>& seen) {
  for (const Descriptor& descriptor : index.manifests) {
    if (descriptor.digest == digest) return descriptor;
  }
  if (depth == 0) return std::nullopt;
  for (const Descriptor& descriptor : index.manifests) {
    if (!media_type::is_index(descriptor.media_type) || !seen.insert(descriptor.digest).second ||
        !store.find(descriptor)) {
      continue;
    }
    const Index inner = Index::parse(read_checked(store, descriptor), descriptor.media_type);
    if (auto found = find_digest(store, inner, digest, depth - 1, seen)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::string tag_of(const Descriptor& descriptor) {
  for (const std::string_view key : {annotation::ref_name, annotation::image_name}) {
    const auto found = descriptor.annotations.find(std::string(key));
    if (found == descriptor.annotations.end()) continue;
    const std::string& name = found->second;
    const std::size_t colon = name.rfind(':');
    const std::size_t slash = name.rfind('/');
    const bool tagged = colon != std::string::npos &&
                        (slash == std::string::npos || colon > slash) && name.find('@') > colon;
    return tagged ? name.substr(colon + 1) : name;
  }
  return {};
}

ImageStore store_of(const Layout& layout) {
  return {layout.directory().string(), layout.index(),
          [blobs = layout.blobs()](const Descriptor& descriptor) -> std::optional<Body> {
            if (!blobs.size_of(descriptor.digest)) return std::nullopt;
            return blobs.open_unchecked(descriptor.digest, descriptor.size);
          }};
}

ImageStore store_of(const std::string& name, std::shared_ptr<const TarArchive> archive) {
  const auto document = [&](std::string_view path) {
    return within(
        path, [&] { return read_document(archive->body(std::string(path)), largest_document); });
  };
  check_layout_file(document(layout_file_name));
  Index index = parse_index_file(document(index_file_name));
  return {name, std::move(index),
          [archive = std::move(archive)](const Descriptor& descriptor) -> std::optional<Body> {
            const std::string path = blob_path(descriptor.digest);
            if (!archive->contains(path)) return std::nullopt;
            Body body = archive->body(path);
            if (body.size != descriptor.size) {
              throw_wrong_size(descriptor.digest, descriptor.size, body.size);
            }
            return body;
          }};
}

Body find_checked(const ImageStore& store, const Descriptor& descriptor) {
  auto body = store.find(descriptor);  // whose errors name the blob
  if (!body) {
    throw Error(
        Errc::not_found,
        descriptor.digest.string() + ": expected this blob in " + store.name + ", found none",
        "the input is incomplete: export it again with all its blobs");
  }
  return verified(std::move(*body), descriptor.digest, descriptor.size);
}

std::string read_checked(const ImageStore& store, const Descriptor& descriptor) {
  const Body body = find_checked(store, descriptor);
  return within(descriptor.digest.string(), [&] { return read_document(body, largest_document); });
}

std::vector<Descriptor> select(const ImageStore& store, const LocalReference& reference) {
  if (reference.digest) {
    constexpr int deepest = 4;
    std::set<Digest> seen;
    auto found = find_digest(store, store.index, *reference.digest, deepest, seen);
    if (!found) {
      throw Error(Errc::not_found, "expected the image " + reference.digest->string() + " in " +
                                       store.name + ", found none");
    }
    return {std::move(*found)};
  }
  if (reference.tag.empty()) return store.index.manifests;
  std::vector<Descriptor> selected;
  std::copy_if(store.index.manifests.begin(), store.index.manifests.end(),
               std::back_inserter(selected),
               [&](const Descriptor& descriptor) { return has_name(descriptor, reference.tag); });
  if (selected.empty()) {
    throw Error(Errc::not_found,
                "expected the tag '" + reference.tag + "' in " + store.name + ", found none",
                known_names(store));
  }
  return selected;
}

}  // namespace ocimux
