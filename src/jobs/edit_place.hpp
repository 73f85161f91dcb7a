#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/edit.hpp>

#include "jobs/output.hpp"
#include "layout/change.hpp"
#include "source/image_store.hpp"
#include "source/reference.hpp"
#include "spec/json.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace ocimux {

/// What an edit decides on: index.json, which it changes, and what it names.
struct Edit {
  Json index_json;
  ImageStore store;  ///< with index.json as it was
  /// Keeps a document that index_json is to lead to.
  std::function<Blob(const std::string& text, std::string_view algorithm)> put;
};

/// Changes Edit::index_json, or throws. It may be called more than once; the last call counts.
using EditStep = std::function<void(Edit& edit)>;

/// A layout or an OCI archive that is edited.
class EditPlace final {
 public:
  /// Throws Errc::unsupported for what is neither, and for a compressed archive. Writes nothing.
  EditPlace(const LocalReference& reference, Progress& progress, std::stop_token stop);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool is_archive() const { return archive_; }

  /// What is there now; an edit decides on what publish() shows it.
  [[nodiscard]] ImageStore store() const;
  /// Does @p step and forgets what comes of it.
  void rehearse(const EditStep& step) const;

  /// Where blobs are gathered for publish(); made at the first call.
  LayoutChange& change(Durability durability);
  /// Does @p step on what is there under the lock of the place, and puts all in place at once.
  /// Where
  /// @p step changes nothing, nothing is written.
  void publish(const EditStep& step, Durability durability);

 private:
  void publish_archive(const EditStep& step, Durability durability);

  std::string name_;  // as the user wrote it
  std::filesystem::path path_;
  bool archive_;
  Progress& progress_;
  std::stop_token stop_;
  std::optional<Staging> staging_;  // of an archive
  std::optional<LayoutChange> change_;
};

/// Opens the place of @p reference and does @p step there as @p options say; errors name the place.
void edit_place(const LocalReference& reference, const EditOptions& options, const EditStep& step,
                Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
