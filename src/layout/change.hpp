#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/layout/layout.hpp>

#include "layout/reliance.hpp"
#include "layout/staging.hpp"
#include "store/blob_link.hpp"
#include "store/blob_writer.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string_view>
#include <vector>

namespace ocimux {

/// True when a layout is at @p directory, false when one can be made there. Throws
/// Errc::already_exists when something else is there.
bool is_layout_place(const std::filesystem::path& directory);

/// One change of a layout: blobs are gathered aside, then published together with a new
/// index.json. Before publish() the layout is untouched; after it, it is as it should be; killed
/// in between, it is one of the two (and may hold blobs that nothing names yet). What was gathered
/// goes with this object.
///
/// Works without a lock until publish(), which serialises writers of one layout; readers never
/// wait, because index.json changes in one rename. Blobs may be gathered from many threads.
class LayoutChange final {
 public:
  /// For a layout at @p directory, which is there or will be made.
  explicit LayoutChange(const std::filesystem::path& directory,
                        Durability durability = Durability::power_loss);
  LayoutChange(const LayoutChange&) = delete;
  LayoutChange& operator=(const LayoutChange&) = delete;

  /// index.json as it was when this began; empty for a new layout.
  [[nodiscard]] const Index& index() const { return before_; }

  /// True when the blob is in the layout (where it is read and checked) or gathered; it counts as
  /// part of this change from then, and a collection of garbage leaves it where it is. Throws
  /// Errc::cancelled once @p stop is asked.
  bool contains(const Digest& digest, std::int64_t size, const std::stop_token& stop = {});
  /// Begins a blob that may turn out to be any. Commit it on its writer.
  [[nodiscard]] std::unique_ptr<BlobWriter> create(std::string_view algorithm = "sha256",
                                                   std::size_t threads = 1);
  /// Begins a blob that is the file @p from, without copying it where that is possible; else
  /// nothing. The caller checks the bytes and commits.
  [[nodiscard]] std::optional<BlobLink> link(const std::filesystem::path& from,
                                             BlobLink::Sharing sharing);
  /// Gathers a document.
  Blob put(std::string_view document, std::string_view algorithm = "sha256");
  /// A blob that contains() or put() has said is here.
  [[nodiscard]] Body open(const Digest& digest, std::int64_t size) const;

  /// How many blobs were gathered, and their bytes. Not while blobs are written.
  struct Totals {
    std::int64_t blobs = 0;
    std::int64_t bytes = 0;
  };
  [[nodiscard]] Totals totals() const;

  /// Publishes everything. @p edit gets index.json as it is at that moment (another process may
  /// have written since) and answers with the new one; what it throws leaves the layout as it was.
  /// Waits for others who publish; throws Errc::cancelled when @p stop is asked meanwhile.
  /// A wait of more than a second is noted.
  void publish(const std::function<Index(const Index&)>& edit, const std::stop_token& stop = {},
               Progress& progress = silent_progress());
  /// The same for the text of index.json, so that what ocimux has no name for stays as it is. No
  /// answer leaves the layout as it was. @p edit may gather what it decides to add.
  using EditText = std::function<std::optional<std::string>(const std::string&)>;
  void publish_text(const EditText& edit, const std::stop_token& stop = {},
                    Progress& progress = silent_progress());

 private:
  bool publish_new(const EditText& edit);
  void publish_into(const EditText& edit, const std::stop_token& stop, Progress& progress);
  void check_relied_on() const;
  [[nodiscard]] std::vector<std::filesystem::path> gathered_files() const;
  void sync_gathered();
  void sync_names(const std::filesystem::path& directory) const;
  void write_document(const std::filesystem::path& path, std::string_view text) const;
  void move_blobs(const BlobStore& to, std::vector<std::filesystem::path>& made) const;
  void sync_blob_names(const BlobStore& of) const;
  void replace_document(std::string_view name) const;

  std::filesystem::path directory_;
  Durability durability_;
  bool exists_;    // as a layout
  bool in_place_;  // as a directory
  Index before_;
  std::optional<ParentDirectories> parents_;
  std::optional<Staging> staging_;
  std::optional<BlobStore> gathered_;
  std::set<std::filesystem::path> synced_;
  std::mutex mutex_;
  std::set<Digest> relied_on_;  // blobs of the layout that were not gathered again
  std::optional<RelianceJournal> journal_;
};

}  // namespace ocimux
