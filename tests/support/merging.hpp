#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/tar_builder.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ocimux::test {

using Document = nlohmann::ordered_json;

/// A directory with inputs and outputs of merges.
class Workspace final {
 public:
  Workspace() = default;
  explicit Workspace(const std::filesystem::path& parent) : directory_(parent) {}

  [[nodiscard]] std::string path(const std::string& name) const {
    return (directory_ / name).string();
  }
  /// A root filesystem tar with one file; answers its path.
  std::string rootfs(const std::string& name, const std::string& content = "program") const;
  std::string archive(const std::string& name, const LayoutBuilder& builder) const;
  std::string layout(const std::string& name, const LayoutBuilder& builder) const;
  /// A file with these bytes; answers its path.
  std::string file(const std::string& name, const std::string& content) const;
  /// Options for these inputs (`linux/arm64=PATH` is not understood here) into `out`.
  [[nodiscard]] MergeOptions options(const std::vector<std::string>& inputs) const;
  /// Everything there is, to be compared.
  [[nodiscard]] std::map<std::string, std::string> tree() const;
  [[nodiscard]] const std::filesystem::path& root() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

/// What @p work throws; a failure of the test when it throws nothing.
Error error_of(const std::function<void()>& work);

/// Does something once, as soon as a task begins.
class OnceBegun final : public Progress {
 public:
  explicit OnceBegun(std::function<void()> work) : work_(std::move(work)) {}
  Task begin(std::string_view /*name*/, std::int64_t /*bytes*/) override {
    if (work_) std::exchange(work_, nullptr)();
    return 1;
  }
  void advance(Task /*task*/, std::int64_t /*bytes*/) override {}
  void end(Task /*task*/) override {}
  void note(std::string_view /*text*/) override {}
  void warn(std::string_view /*text*/) override {}

 private:
  std::function<void()> work_;
};

/// error_of() a merge, which must leave everything below @p workspace as it was.
Error merge_refusal(const Workspace& workspace, const MergeOptions& options);

Selector selector(const std::string& text);

/// A layout as another program would read it: no code of ours is used. Every blob read is checked
/// against its digest and size.
class ReadLayout final {
 public:
  explicit ReadLayout(std::filesystem::path directory) : directory_(std::move(directory)) {}

  [[nodiscard]] Document index_json() const;
  [[nodiscard]] std::string blob(const Document& descriptor) const;
  [[nodiscard]] Document document(const Document& descriptor) const;
  /// The one index that index.json names first.
  [[nodiscard]] Document index() const { return document(index_json()["manifests"][0]); }
  /// Of the image at that place in the index:
  [[nodiscard]] Document manifest(std::size_t i) const { return document(index()["manifests"][i]); }
  [[nodiscard]] Document config(std::size_t i) const { return document(manifest(i)["config"]); }
  /// The uncompressed bytes of a layer.
  [[nodiscard]] std::string layer(std::size_t image, std::size_t i) const;
  /// `os/architecture[/variant][:os.version]` of each descriptor in the index.
  [[nodiscard]] std::vector<std::string> platforms() const;
  /// Tag to digest of index.json.
  [[nodiscard]] std::map<std::string, std::string> tags() const;
  /// Checks every blob's name, every descriptor below index.json and every DiffID.
  void check() const;

 private:
  void check_descriptor(const Document& descriptor) const;
  std::filesystem::path directory_;
};

std::string uncompressed(const std::string& bytes);

}  // namespace ocimux::test
