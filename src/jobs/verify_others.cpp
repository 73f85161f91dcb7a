#include "jobs/verify_others.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "io/file.hpp"
#include "layout/staging.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <optional>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

std::optional<Digest> digest_of(const std::string& algorithm, const std::string& name) {
  try {
    return Digest::parse(algorithm + ":" + name);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void tell_unreferenced(const Digest& digest, const std::string& path, const std::string& size,
                       const Spot& spot, Findings& findings) {
  findings.add(spot.below(path), "unreferenced-blob",
               {"blobs that index.json leads to", "one that nothing names, of " + size + " bytes"},
               digest);
}

void tell_stray(const std::string& path, const Spot& spot, Findings& findings) {
  findings.add(spot.below(path), "stray-file",
               {"nothing but blobs, named by their digests", "another file"});
}

/// One directory of blobs.
void tell_blobs(const fs::path& layout, const std::string& algorithm,
                const std::set<Digest>& reached, const Spot& spot, Findings& findings) {
  const fs::path directory = layout / "blobs" / algorithm;
  for (const std::string& name : names_in(directory)) {
    const std::string path = "blobs/" + algorithm + "/" + name;
    std::error_code failure;
    const fs::file_status status = fs::symlink_status(directory / name, failure);
    const auto digest = digest_of(algorithm, name);
    if (status.type() != fs::file_type::regular) {
      if (digest && reached.contains(*digest)) continue;  // told where it is used
      findings.add(spot.below(path), "blob-not-regular",
                   {"regular files among the blobs", "something else"}, digest);
    } else if (!digest) {
      tell_stray(path, spot, findings);
    } else if (!reached.contains(*digest)) {
      tell_unreferenced(*digest, path, std::to_string(fs::file_size(directory / name, failure)),
                        spot, findings);
    }
  }
}

// A run that lives has a lock on its directory.
bool is_left_over(const fs::path& directory) {
  const FileDescriptor opened(
      ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));  // NOLINT
  return opened && ::flock(opened.number(), LOCK_SH | LOCK_NB) == 0;
}

void tell_staging(const fs::path& layout, const Spot& spot, Findings& findings) {
  for (const std::string& name : names_in(layout)) {
    if (!name.starts_with(staging_mark) || !is_left_over(layout / name)) continue;
    findings.add(spot.below(name), "staging-left",
                 {"nothing of a run that was killed", "its directory",
                  "the next ocimux merge, pull or edit of this layout removes it"});
  }
}

}  // namespace

std::string blob_path(const Digest& digest) {
  return "blobs/" + std::string(digest.algorithm()) + "/" + std::string(digest.encoded());
}

void tell_others_in(const fs::path& layout, const std::set<Digest>& reached, const Spot& spot,
                    Findings& findings) {
  for (const std::string& name : names_in(layout / "blobs")) {
    std::error_code failure;
    const fs::file_status status = fs::symlink_status(layout / "blobs" / name, failure);
    if (status.type() == fs::file_type::directory) {
      tell_blobs(layout, name, reached, spot, findings);
    } else if (status.type() == fs::file_type::regular) {
      tell_stray("blobs/" + name, spot, findings);
    } else {
      findings.add(spot.below("blobs/" + name), "blob-not-regular",
                   {"directories below 'blobs'", "something else"});
    }
  }
  tell_staging(layout, spot, findings);
}

void tell_others_in(const TarArchive& archive, const std::set<Digest>& reached, const Spot& spot,
                    Findings& findings) {
  constexpr std::string_view blobs = "blobs/";
  for (const std::string& path : archive.paths()) {
    if (!path.starts_with(blobs)) continue;
    const std::size_t slash = path.find('/', blobs.size());
    const auto digest =
        slash == std::string::npos
            ? std::nullopt
            : digest_of(path.substr(blobs.size(), slash - blobs.size()), path.substr(slash + 1));
    if (!digest) {
      tell_stray(path, spot, findings);
    } else if (!reached.contains(*digest)) {
      try {
        tell_unreferenced(*digest, path, std::to_string(archive.body(path).size), spot, findings);
      } catch (const Error& error) {
        findings.add(spot.below(path), "blob-not-regular", error, digest);
      }
    }
  }
}

}  // namespace ocimux
