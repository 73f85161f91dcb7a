#include "io/directory.hpp"
#include "io/file.hpp"
#include "jobs/layer.hpp"
#include "jobs/output.hpp"
#include "layout/layout_files.hpp"
#include "tar/writer.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <functional>
#include <set>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t directory_mode = 0755;
constexpr std::uint32_t file_mode = 0644;

/// Writes members whose headers say nothing of this machine or moment.
class ArchiveWriter {
 public:
  ArchiveWriter(Sink& to, ProgressTask& task, const std::stop_token& stop)
      : writer_(to), task_(task), stop_(stop) {}

  void directory(const std::string& path) {
    TarMember member;
    member.path = path;
    member.kind = TarMember::Kind::directory;
    member.mode = directory_mode;
    writer_.begin(member);
  }

  void file(const std::string& path, const Body& body) {
    TarMember member;
    member.path = path;
    member.size = body.size;
    member.mode = file_mode;
    writer_.begin(member);
    TarContentSink content(writer_);
    ProgressSink counted(content, task_);
    const auto source = body.open();
    drain(*source, counted, stop_);
  }

  void finish() { writer_.finish(); }

 private:
  TarWriter writer_;
  ProgressTask& task_;
  const std::stop_token& stop_;
};

ArchiveFile file_at(std::string path, const fs::path& from) {
  std::error_code failure;
  const auto size = static_cast<std::int64_t>(fs::file_size(from, failure));
  if (failure) throw Error::from_errno(failure.value(), "examining " + from.string());
  // Opened when it is read: there may be more than a process may have open.
  return {
      std::move(path),
      {[from, size] {
         return file_body(std::make_shared<const File>(File::open_regular(from)), 0, size).open();
       },
       size}};
}

}  // namespace

void write_archive(std::vector<ArchiveFile> files, Sink& to, Progress& progress,
                   const std::stop_token& stop) {
  std::sort(files.begin(), files.end(),
            [](const ArchiveFile& a, const ArchiveFile& b) { return a.path < b.path; });
  std::int64_t size = 0;
  for (const ArchiveFile& file : files) size += file.body.size;
  ProgressTask task(progress, "writing the archive", size);
  ArchiveWriter archive(to, task, stop);
  std::set<fs::path> made;
  const std::function<void(const fs::path&)> make = [&](const fs::path& directory) {
    if (directory.empty() || !made.insert(directory).second) return;
    make(directory.parent_path());
    archive.directory(directory.string());
  };
  make("blobs");
  for (const ArchiveFile& file : files) {
    make(fs::path(file.path).parent_path());
    archive.file(file.path, file.body);
  }
  archive.finish();
}

void write_archive(const fs::path& directory, Sink& to, Progress& progress,
                   const std::stop_token& stop) {
  std::vector<ArchiveFile> files = archive_files(directory);
  write_archive(std::move(files), to, progress, stop);
}

std::vector<ArchiveFile> archive_files(const fs::path& directory) {
  std::vector<ArchiveFile> files;
  const fs::path blobs = directory / "blobs";
  for (const std::string& algorithm : names_in(blobs)) {
    for (const std::string& name : names_in(blobs / algorithm)) {
      files.push_back(file_at("blobs/" + algorithm + "/" + name, blobs / algorithm / name));
    }
  }
  for (const std::string_view name : {index_file_name, layout_file_name}) {
    files.push_back(file_at(std::string(name), directory / name));
  }
  return files;
}

}  // namespace ocimux
