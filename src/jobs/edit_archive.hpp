#pragma once

#include "io/file.hpp"
#include "jobs/output.hpp"
#include "source/image_store.hpp"
#include "tar/archive.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// An uncompressed OCI archive, open for as long as this lives.
struct OpenArchive {
  std::shared_ptr<const File> file;
  std::shared_ptr<const TarArchive> members;
  std::string layout_text;
  std::string index_text;
};

/// Throws Errc::unsupported for what is no OCI archive, or compressed.
OpenArchive open_archive(const std::filesystem::path& path);

/// open_archive() with an exclusive lock among those who edit it: what is open then is what is
/// there under that name. Waits for others; throws Errc::cancelled once @p stop is asked.
OpenArchive lock_archive(const std::filesystem::path& path, const std::stop_token& stop,
                         Progress& progress);

/// The blobs in it, checked as they are read; what is no part of a layout is told and left out.
std::vector<ArchiveFile> blobs_of(const OpenArchive& archive, Progress& progress);

/// The digest that the path of a member names; nothing for what is no blob.
std::optional<Digest> digest_of(const std::string& path);

/// What an archive becomes.
struct NewArchive {
  std::filesystem::path path;
  std::filesystem::path staging;  ///< a directory on the same file system, to write it in
  std::vector<ArchiveFile> blobs;
  std::string index_text;
  Durability durability;
};

/// Writes @p made with the mode of @p old, and renames it over its path.
void replace_archive(const OpenArchive& old, NewArchive made, Progress& progress,
                     const std::stop_token& stop);

}  // namespace ocimux
