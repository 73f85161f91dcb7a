// Documents that point at each other. The input is a list of them, with a NUL between two; `@3` in
// one stands for the digest of the fourth and `#3` for its size (each only of one before it), so
// that changed documents still find each other. The last is index.json.

#include <ocimux/layout/layout.hpp>
#include <ocimux/spec/media_types.hpp>

#include "fuzz/fuzzing.hpp"
#include "jobs/cargo.hpp"
#include "layout/layout_files.hpp"
#include "source/image_store.hpp"

#include <map>

namespace ocimux::fuzz {
namespace {

constexpr std::size_t most_documents = 10;  // one digit

struct Documents {
  std::vector<std::string> texts;

  [[nodiscard]] std::string resolved(std::string_view text) const {
    std::string all;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto number = static_cast<std::size_t>(i + 1 < text.size() ? text[i + 1] - '0' : 10);
      if ((text[i] != '@' && text[i] != '#') || number >= texts.size()) {
        all += text[i];
        continue;
      }
      all += text[i] == '@' ? Digest::of(texts[number]).string()
                            : std::to_string(texts[number].size());
      ++i;
    }
    return all;
  }
};

Documents read_documents(std::string_view input) {
  Documents documents;
  while (documents.texts.size() < most_documents) {
    const std::string_view text = input.substr(0, input.find('\0'));
    documents.texts.push_back(documents.resolved(text));
    if (text.size() == input.size()) break;
    input.remove_prefix(text.size() + 1);
  }
  return documents;
}

ImageStore store_of(const Documents& documents) {
  std::map<Digest, std::string> blobs;
  for (const std::string& text : documents.texts) blobs.emplace(Digest::of(text), text);
  return {"input", parse_index_file(documents.texts.back()),
          [blobs = std::move(blobs)](const Descriptor& descriptor) -> std::optional<Body> {
            const auto found = blobs.find(descriptor.digest);
            if (found == blobs.end()) return std::nullopt;
            return memory_body(found->second);
          }};
}

void check_cargo(const ImageStore& store, const CargoOptions& options) {
  tolerate([&] {
    const Cargo cargo =
        gather(store, select(store, {}), referrers_in(store), options, silent_progress());
    for (const CargoDocument& document : cargo.documents) {
      require(Digest::of(document.text) == document.descriptor.digest ||
                  document.descriptor.digest.algorithm() != "sha256",
              "a document on its way is what its digest says");
      require(cargo.document(document.descriptor.digest) != nullptr, "a document is found");
    }
  });
}

void check_images(const ImageStore& store) {
  tolerate([&] {
    for (const Image& image : read_images(store, {}, silent_progress())) {
      const auto* stored = std::get_if<StoredImage>(&image.content);
      if (stored == nullptr) continue;
      require(stored->manifest.layers.size() == stored->config.diff_ids.size(),
              "an image has as many layers as DiffIDs");
    }
  });
  for (const Descriptor& descriptor : store.index.manifests) {
    tolerate(
        [&] { static_cast<void>(select(store, {.path = "input", .tag = tag_of(descriptor)})); });
    tolerate([&] {
      LocalReference reference{.path = "input"};
      reference.digest = descriptor.digest;
      require(select(store, reference).size() == 1, "a digest selects one");
    });
  }
}

void check(std::string_view input) {
  const Documents documents = read_documents(input);
  const auto store = outcome_of([&] { return std::make_shared<ImageStore>(store_of(documents)); });
  if (!store.value) return;
  check_images(**store.value);
  check_cargo(**store.value, {});
  check_cargo(**store.value, {.format = ImageFormat::docker});
  check_cargo(**store.value, {.platforms = {{"linux", "amd64"}}, .format = ImageFormat::oci});
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::check(ocimux::fuzz::text_of(data, size));
  return 0;
}
