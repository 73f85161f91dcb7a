#include "jobs/output.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "io/file.hpp"
#include "layout/layout_files.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

// Names that a user gives to files, never to directories.
constexpr std::array<std::string_view, 8> other_files{".gz", ".tgz", ".zst", ".zstd",
                                                      ".xz", ".bz2", ".zip", ".txz"};

File standard_output() {
  const int number = ::dup(STDOUT_FILENO);
  if (number < 0) throw Error::from_errno(errno, "opening standard output");
  return {FileDescriptor(number), "standard output"};
}

Error there_is_one(const fs::path& archive) {
  return {Errc::already_exists, archive.string() + ": expected no file of that name, found one",
          "--replace puts the new archive in its place"};
}

}  // namespace

OutputPlace OutputPlace::parse(const std::string& text) {
  if (text.empty())
    throw Error(Errc::invalid_argument, "expected a place for the output, found none");
  if (text == "-") return {Kind::standard_output, {}};
  if (is_directory_there(text)) return {Kind::layout, text};
  if (text.ends_with(".tar")) return {Kind::archive, text};
  for (const std::string_view suffix : other_files) {
    if (!text.ends_with(suffix)) continue;
    throw Error(Errc::invalid_argument,
                text + ": expected a directory, FILE.tar or -, found the name of another file",
                "layers are compressed already; for a compressed archive: -o - | zstd > " + text);
  }
  return {Kind::layout, text};
}

Index OutputPlace::index() const {
  if (kind != Kind::layout || !is_layout_place(path)) return empty_index();
  return Layout::open(path).index();
}

void OutputPlace::refuse_to_overwrite() const {
  if (kind == Kind::archive && is_there(path)) throw there_is_one(path);
}

Output::Output(OutputPlace place, Durability durability, OldArchive old)
    : place_(std::move(place)), durability_(durability), old_(old) {
  if (place_.kind == OutputPlace::Kind::layout) {
    change_.emplace(place_.path, durability);
    return;
  }
  if (place_.kind == OutputPlace::Kind::archive) {
    parents_.emplace(place_.path);
    staging_.emplace(parent_of(place_.path), "." + place_.path.filename().string());
  } else {
    staging_.emplace(spool_directory(), "");
  }
  // Nobody comes back to it: what must last is the archive.
  change_.emplace(staging_->path() / "layout", Durability::kill);
}

void Output::publish(const std::function<Index(const Index&)>& edit, Progress& progress,
                     const std::stop_token& stop) {
  change_->publish(edit, stop, progress);
  if (place_.kind == OutputPlace::Kind::layout) return;
  const fs::path layout = staging_->path() / "layout";
  if (place_.kind == OutputPlace::Kind::standard_output) {
    const File file = standard_output();
    FileSink sink(file);
    return write_archive(layout, sink, progress, stop);
  }
  const fs::path archive = staging_->path() / "archive";
  File file = File::create(archive);
  FileSink sink(file, durability_);
  write_archive(layout, sink, progress, stop);
  if (durability_ == Durability::power_loss) file.sync();
  file.close();
  if (durability_ == Durability::power_loss) sync_directories_above(place_.path);
  put_archive(archive);
  if (durability_ == Durability::power_loss) sync_directory(parent_of(place_.path));
}

// The name was free when the job began. Where a rename cannot refuse to replace a file, it is asked
// for just before.
void Output::put_archive(const fs::path& archive) const {
  if (old_ == OldArchive::replaced) return rename_path(archive, place_.path);
  place_.refuse_to_overwrite();
  if (!rename_to_free_name(archive, place_.path)) throw there_is_one(place_.path);
}

}  // namespace ocimux
