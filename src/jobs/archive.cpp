#include "io/directory.hpp"
#include "io/file.hpp"
#include "jobs/layer.hpp"
#include "jobs/output.hpp"
#include "layout/layout_files.hpp"
#include "tar/writer.hpp"

#include <ocimux/base/error.hpp>

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

  void file(const std::string& path, const fs::path& from) {
    const auto file = std::make_shared<const File>(File::open_regular(from));
    TarMember member;
    member.path = path;
    member.size = file->size();
    member.mode = file_mode;
    writer_.begin(member);
    TarContentSink content(writer_);
    ProgressSink counted(content, task_);
    const auto source = file_body(file, 0, member.size).open();
    drain(*source, counted, stop_);
  }

  void finish() { writer_.finish(); }

 private:
  TarWriter writer_;
  ProgressTask& task_;
  const std::stop_token& stop_;
};

std::int64_t size_of(const fs::path& blobs) {
  std::int64_t size = 0;
  for (const std::string& algorithm : names_in(blobs)) {
    for (const std::string& name : names_in(blobs / algorithm)) {
      size += static_cast<std::int64_t>(fs::file_size(blobs / algorithm / name));
    }
  }
  return size;
}

}  // namespace

void write_archive(const fs::path& directory, Sink& to, Progress& progress,
                   const std::stop_token& stop) {
  const fs::path blobs = directory / "blobs";
  ProgressTask task(progress, "writing the archive", size_of(blobs));
  ArchiveWriter archive(to, task, stop);
  archive.directory("blobs");
  for (const std::string& algorithm : names_in(blobs)) {
    archive.directory("blobs/" + algorithm);
    for (const std::string& name : names_in(blobs / algorithm)) {
      archive.file("blobs/" + algorithm + "/" + name, blobs / algorithm / name);
    }
  }
  for (const std::string_view name : {index_file_name, layout_file_name}) {
    archive.file(std::string(name), directory / name);
  }
  archive.finish();
}

}  // namespace ocimux
