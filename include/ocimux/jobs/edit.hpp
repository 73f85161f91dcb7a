#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>
#include <ocimux/jobs/push.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// Edits of the index of a layout or an OCI archive. Each is one atomic change, decided on
/// index.json as it is under the layout's lock, so that nothing is lost when several run at once.
/// What an edit does not ask to change stays byte for byte, members ocimux has no name for
/// included. Blobs that nothing names any more stay until collect_garbage().
namespace ocimux {

/// What every edit is told.
struct EditOptions {
  std::string reference;  ///< `PATH`, `PATH:TAG` or `PATH@DIGEST` of a layout or an OCI archive
  bool dry_run = false;   ///< decide everything, write nothing
  bool sync = true;       ///< wait until the result would survive a loss of power
};

/// One name in index.json, or one entry of it without a name, and what it named and names.
struct EditedName {
  std::string tag;                    ///< empty for none
  std::string name;                   ///< the full reference; empty for none
  std::optional<Digest> before = {};  ///< nothing: there was no such name
  std::optional<Digest> after = {};   ///< nothing: there is none any more
};

struct EditResult {
  std::vector<EditedName> names;
  std::vector<Replaced> replaced = {};   ///< manifests below them that became others
  std::vector<Descriptor> added = {};    ///< entries of an index that were not in it
  std::vector<Descriptor> removed = {};  ///< entries of an index that are not in it any more
};

/// Gives what @p edit names further @p tags (`main`, `velero/velero:main`). Throws
/// Errc::already_exists for a tag of something else, unless @p replace moves it.
struct TagOptions {
  EditOptions edit;
  std::vector<std::string> tags;
  bool replace = false;
};
EditResult tag(const TagOptions& options, Progress& progress = silent_progress(),
               const std::stop_token& stop = {});

/// Removes names; with `PATH@DIGEST` every entry of index.json that has the digest.
struct UntagOptions {
  std::vector<std::string> references;  ///< as EditOptions::reference, each with a tag or digest
  bool dry_run = false;
  bool sync = true;
};
EditResult untag(const UntagOptions& options, Progress& progress = silent_progress(),
                 const std::stop_token& stop = {});

/// What becomes of the parts of a platform; nothing: they stay. Empty: there is none any more.
struct PlatformChange {
  std::optional<std::string> os = {};
  std::optional<std::string> architecture = {};
  std::optional<std::string> variant = {};
  std::optional<std::string> os_version = {};
  std::optional<std::vector<std::string>> os_features = {};

  [[nodiscard]] bool any() const;
};

/// What becomes of an annotation.
struct AnnotationEdit {
  /// Nothing: that of the descriptors where images are selected, else that of the index.
  std::optional<AnnotationScope> scope = {};
  Selector selector = {};  ///< of descriptors and manifests, further than `selectors`
  std::string key;
  std::optional<std::string> value = {};  ///< nothing: it goes
};

/// Changes annotations, and what an index says of the platforms of images.
struct AnnotateOptions {
  EditOptions edit;
  /// Images of the index, by platform (`linux`, `windows:ltsc2022`, `*`) or digest; empty: all, but
  /// a platform is changed only where there is one.
  std::vector<std::string> selectors = {};
  PlatformChange platform = {};
  std::vector<AnnotationEdit> annotations = {};
  bool allow_mismatch = false;  ///< what contradicts config or binaries is a warning
  std::size_t jobs = 1;         ///< threads
};
/// Throws Errc::conflict for a platform that contradicts its image, or that another image of the
/// index has; Errc::not_found for a selector that picks nothing.
EditResult annotate(const AnnotateOptions& options, Progress& progress = silent_progress(),
                    const std::stop_token& stop = {});

/// Adds images to an index that is there. What it has already stays; where that is all, nothing is
/// written.
struct AddOptions {
  EditOptions edit;
  /// What is added, and how; `output`, `tags`, `platform_tags`, `format`, `replace`, `dry_run` and
  /// `sync` say nothing here.
  MergeOptions images = {};
  bool replace = false;  ///< a new image takes the place of another one of the same platform
};
struct AddResult {
  EditResult edit;                   ///< after a dry run without what would be
  std::vector<MergedImage> images;   ///< those of the inputs
  std::vector<Descriptor> stayed{};  ///< entries of the index that some of these are already
  std::int64_t blobs_written = 0;
  std::int64_t bytes_written = 0;
};
/// Throws as merge() does; Errc::conflict for a platform of which the index has another image,
/// Errc::not_found for a name that is not there.
AddResult add(const AddOptions& options, Progress& progress = silent_progress(),
              const std::stop_token& stop = {});

/// Removes images from an index, and the attestations that speak of them; without selectors the
/// names, as untag() does.
struct RemoveOptions {
  EditOptions edit;
  std::vector<std::string> selectors = {};  ///< as AnnotateOptions::selectors
};
/// Throws Errc::invalid_argument where no image would be left.
EditResult remove(const RemoveOptions& options, Progress& progress = silent_progress(),
                  const std::stop_token& stop = {});

}  // namespace ocimux
