#include "jobs/edit_archive.hpp"

#include <ocimux/base/error.hpp>

#include "compress/codec.hpp"
#include "digest/digester.hpp"
#include "io/directory.hpp"
#include "io/lock.hpp"
#include "io/memory.hpp"
#include "layout/layout_files.hpp"
#include "source/docker_archive.hpp"
#include "tar/reader.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <optional>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

Error no_archive() {
  return {Errc::unsupported, "expected an OCI layout or an OCI archive, found something else",
          "ocimux merge makes a layout of it"};
}

std::string text_of(const TarArchive& archive, std::string_view name) {
  return within(name,
                [&] { return read_document(archive.body(std::string(name)), largest_document); });
}

void refuse_compressed(const File& file) {
  std::array<std::byte, sniff_length> front{};
  const std::size_t count = file.read_at(front, 0);
  if (sniff(Bytes(front).first(count)) == Codec::none) return;
  throw Error(Errc::unsupported, "expected an archive as it is, found it compressed",
              "unpack it, edit it, and compress it again: its layers are compressed already");
}

// A named pipe would keep whoever opens it waiting.
File open_file(const fs::path& path) {
  std::error_code failure;
  const fs::path file = fs::canonical(path, failure);
  if (failure) throw Error::from_errno(failure.value(), "opening " + path.string());
  try {
    return File::open_regular(file);
  } catch (const Error& error) {
    if (error.code() == Errc::corrupt) throw no_archive();
    throw;
  }
}

OpenArchive open_archive(File opened) {
  OpenArchive archive{std::make_shared<const File>(std::move(opened)), {}, {}, {}};
  refuse_compressed(*archive.file);
  if (archive.file->size() == 0 || !looks_like_tar(*archive.file)) throw no_archive();
  archive.members = std::make_shared<const TarArchive>(archive.file);
  if (!archive.members->contains(std::string(layout_file_name))) throw no_archive();
  archive.layout_text = text_of(*archive.members, layout_file_name);
  check_layout_file(archive.layout_text);
  archive.index_text = text_of(*archive.members, index_file_name);
  return archive;
}

bool is_there(const fs::path& path, const File& file) {
  struct stat by_name {};
  const struct stat open = file.status();
  if (::stat(path.c_str(), &by_name) != 0) {
    if (errno == ENOENT) return false;
    throw Error::from_errno(errno, "examining " + path.string());
  }
  return by_name.st_ino == open.st_ino && by_name.st_dev == open.st_dev;
}

// By a program that takes no lock, or puts a new archive there as a whole.
Error replaced_meanwhile() {
  return {Errc::conflict,
          "expected the archive to stay while it was edited, found another or none there",
          "run the command again"};
}

ArchiveFile in_memory(std::string_view path, std::string text) {
  return {std::string(path), memory_body(std::move(text))};
}

void keep_mode(const File& of, const File& file) {
  constexpr mode_t bits = 07777;
  if (::fchmod(file.descriptor(), of.status().st_mode & bits) != 0) {
    throw Error::from_errno(errno, "setting the mode of " + file.name());
  }
}

// Refused, and not only what reads it: the new archive would be as damaged, with the old one gone.
void write_checked(std::vector<ArchiveFile> files, FileSink& sink, Progress& progress,
                   const std::stop_token& stop) {
  try {
    write_archive(std::move(files), sink, progress, stop);
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt) throw;
    throw error.hinting(
        "an archive is written anew, without damaged blobs; unpack it (tar -C DIR -xf), and DIR "
        "can be edited as it is: ocimux untag, ocimux rm");
  }
}

}  // namespace

std::optional<Digest> digest_of(const std::string& path) {
  constexpr std::string_view start = "blobs/";
  const std::size_t slash = path.rfind('/');
  if (!path.starts_with(start) || slash < start.size()) return std::nullopt;
  try {
    return Digest::parse(path.substr(start.size(), slash - start.size()) + ":" +
                         path.substr(slash + 1));
  } catch (const Error&) {
    return std::nullopt;
  }
}

OpenArchive open_archive(const fs::path& path) { return open_archive(open_file(path)); }

// The lock is on the file, which an edit replaces: who waited for it looks whether it still is the
// one under that name.
OpenArchive lock_archive(const fs::path& path, const std::stop_token& stop, Progress& progress) {
  for (;;) {
    File file = open_file(path);
    lock_file(file.descriptor(), path, stop, progress);
    if (is_there(path, file)) return open_archive(std::move(file));
  }
}

std::vector<ArchiveFile> blobs_of(const OpenArchive& archive, Progress& progress) {
  std::vector<ArchiveFile> files;
  for (const std::string& path : archive.members->paths()) {
    if (const auto digest = digest_of(path)) {
      Body body = archive.members->body(path);
      const std::int64_t size = body.size;
      files.push_back({path, verified(std::move(body), *digest, size)});
    } else if (path == docker_manifest_file) {
      progress.note("'" + path +
                    "', by which Docker's own image store loads images, names them as they were: "
                    "left out");
    } else if (path != layout_file_name && path != index_file_name) {
      progress.note("'" + path + "' is no part of an OCI layout: left out");
    }
  }
  return files;
}

void replace_archive(const OpenArchive& old, NewArchive made, Progress& progress,
                     const std::stop_token& stop) {
  made.blobs.push_back(in_memory(layout_file_name, old.layout_text));
  made.blobs.push_back(in_memory(index_file_name, std::move(made.index_text)));
  const fs::path archive = made.staging / "archive";
  File file = File::create(archive);
  FileSink sink(file, made.durability);
  write_checked(std::move(made.blobs), sink, progress, stop);
  keep_mode(*old.file, file);
  if (made.durability == Durability::power_loss) file.sync();
  file.close();
  if (!is_there(made.path, *old.file)) throw replaced_meanwhile();
  rename_path(archive, made.path);
  if (made.durability == Durability::power_loss) sync_directory(parent_of(made.path));
}

}  // namespace ocimux
