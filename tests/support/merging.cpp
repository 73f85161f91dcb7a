#include "merging.hpp"

#include <gtest/gtest.h>

namespace ocimux::test {

namespace fs = std::filesystem;

std::string Workspace::rootfs(const std::string& name, const std::string& content) const {
  return TarBuilder().directory("bin").file("bin/app", content).write(directory_ / name);
}

std::string Workspace::archive(const std::string& name, const LayoutBuilder& builder) const {
  return builder.write_archive(directory_ / name);
}

std::string Workspace::layout(const std::string& name, const LayoutBuilder& builder) const {
  builder.write_directory(directory_ / name);
  return path(name);
}

std::string Workspace::file(const std::string& name, const std::string& content) const {
  write_file(directory_ / name, content);
  return path(name);
}

MergeOptions Workspace::options(const std::vector<std::string>& inputs) const {
  MergeOptions options;
  for (const std::string& input : inputs) options.inputs.push_back({input});
  options.output = path("out");
  return options;
}

std::map<std::string, std::string> Workspace::tree() const { return test::tree(directory_.path()); }

Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "expected an Error, found none";
  return {Errc::io, "none"};
}

Error merge_refusal(const Workspace& workspace, const MergeOptions& options) {
  const auto before = workspace.tree();
  const Error error = error_of([&] { merge(options); });
  EXPECT_EQ(workspace.tree(), before) << "after: " << error.what();
  return error;
}

Selector selector(const std::string& text) { return Selector::parse(text).value(); }

std::string uncompressed(const std::string& bytes) {
  if (bytes.starts_with("\x1f\x8b")) return filtered_by("gzip -d", bytes);
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return filtered_by("zstd -d -q", bytes);
  return bytes;
}

Document ReadLayout::index_json() const {
  return Document::parse(read_file(directory_ / "index.json"));
}

std::string ReadLayout::blob(const Document& descriptor) const {
  const auto digest = descriptor["digest"].get<std::string>();
  std::string bytes = read_file(directory_ / "blobs" / "sha256" / digest.substr(7));
  EXPECT_EQ(sha256(bytes), digest);
  EXPECT_EQ(bytes.size(), descriptor["size"].get<std::size_t>());
  return bytes;
}

Document ReadLayout::document(const Document& descriptor) const {
  return Document::parse(blob(descriptor));
}

std::string ReadLayout::layer(std::size_t image, std::size_t i) const {
  return uncompressed(blob(manifest(image)["layers"][i]));
}

std::vector<std::string> ReadLayout::platforms() const {
  std::vector<std::string> platforms;
  const Document index = this->index();
  for (const Document& descriptor : index["manifests"]) {
    const Document& platform = descriptor["platform"];
    std::string text =
        platform["os"].get<std::string>() + "/" + platform["architecture"].get<std::string>();
    if (platform.contains("variant")) text += "/" + platform["variant"].get<std::string>();
    if (platform.contains("os.version")) text += ":" + platform["os.version"].get<std::string>();
    platforms.push_back(text);
  }
  return platforms;
}

std::map<std::string, std::string> ReadLayout::tags() const {
  std::map<std::string, std::string> tags;
  const Document index = index_json();
  for (const Document& descriptor : index["manifests"]) {
    const Document annotations = descriptor.value("annotations", Document::object());
    tags[annotations.value("org.opencontainers.image.ref.name", "")] = descriptor["digest"];
  }
  return tags;
}

void ReadLayout::check_descriptor(const Document& descriptor) const {
  const std::string bytes = blob(descriptor);
  const auto type = descriptor["mediaType"].get<std::string>();
  if (type.find("index") != std::string::npos || type.find("manifest.list") != std::string::npos) {
    const Document index = Document::parse(bytes);
    EXPECT_EQ(index["mediaType"], type);
    for (const Document& child : index["manifests"]) check_descriptor(child);
  } else if (type.find("manifest") != std::string::npos) {
    const Document manifest = Document::parse(bytes);
    check_descriptor(manifest["config"]);
    const Document config = Document::parse(blob(manifest["config"]));
    for (std::size_t i = 0; i < manifest["layers"].size(); ++i) {
      const std::string layer = blob(manifest["layers"][i]);
      if (!config.contains("rootfs")) continue;
      EXPECT_EQ(config["rootfs"]["diff_ids"][i], sha256(uncompressed(layer)));
    }
  }
}

void ReadLayout::check() const {
  EXPECT_EQ(Document::parse(read_file(directory_ / "oci-layout"))["imageLayoutVersion"], "1.0.0");
  for (const auto& file : fs::directory_iterator(directory_ / "blobs" / "sha256")) {
    EXPECT_EQ(sha256(read_file(file.path())), "sha256:" + file.path().filename().string());
  }
  const Document index = index_json();
  for (const Document& descriptor : index["manifests"]) check_descriptor(descriptor);
  for (const auto& file : fs::directory_iterator(directory_)) {
    const std::string name = file.path().filename().string();
    EXPECT_TRUE(name == "blobs" || name == "index.json" || name == "oci-layout") << name;
  }
}

}  // namespace ocimux::test
