#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/layout/layout.hpp>

#include "layout/change.hpp"
#include "layout/staging.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// Where a job's result goes: a layout directory, an archive of one, or standard output.
struct OutputPlace {
  enum class Kind { layout, archive, standard_output };

  Kind kind = Kind::layout;
  std::filesystem::path path;

  /// A directory that is there is a layout; `-` is standard output; `….tar` is an archive.
  /// Throws Errc::invalid_argument for a name that looks like another kind of file.
  static OutputPlace parse(const std::string& text);

  /// index.json of the layout that is there; empty when none is. Throws Errc::already_exists when
  /// something else is in a layout's place.
  [[nodiscard]] Index index() const;
  /// Throws Errc::already_exists when an archive of that name is there.
  void refuse_to_overwrite() const;
};

/// What becomes of an archive that is there under the output's name.
enum class OldArchive { stays, replaced };

/// One result on its way to an OutputPlace: nothing shows there before publish().
class Output final {
 public:
  Output(OutputPlace place, Durability durability, OldArchive old);

  LayoutChange& change() { return *change_; }

  /// Publishes, with @p edit as LayoutChange::publish() uses it. An archive is the same bytes for
  /// the same content: sorted, no times, no owners. Throws Errc::already_exists for one that stays,
  /// also where another process put it there meanwhile.
  void publish(const std::function<Index(const Index&)>& edit, Progress& progress,
               const std::stop_token& stop);

 private:
  void put_archive(const std::filesystem::path& archive) const;

  OutputPlace place_;
  Durability durability_;
  OldArchive old_;
  std::optional<ParentDirectories> parents_;
  std::optional<Staging> staging_;  // for what must first be a layout, then an archive
  std::optional<LayoutChange> change_;
};

/// A regular file in an archive that is written.
struct ArchiveFile {
  std::string path;
  Body body;
};

/// Those of the layout at @p directory.
std::vector<ArchiveFile> archive_files(const std::filesystem::path& directory);

/// Writes them, sorted, with the directories they are in, and finishes @p to: headers say nothing
/// of this machine or moment.
void write_archive(std::vector<ArchiveFile> files, Sink& to, Progress& progress,
                   const std::stop_token& stop);

/// Writes the layout at @p directory as an OCI archive and finishes @p to.
void write_archive(const std::filesystem::path& directory, Sink& to, Progress& progress,
                   const std::stop_token& stop);

}  // namespace ocimux
