#include <ocimux/layout/layout.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "io/directory.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"
#include "layout/layout_files.hpp"
#include "spec/json.hpp"

namespace ocimux {

namespace fs = std::filesystem;

namespace {

// A link could lead to the blobs of another store on this machine, and let them be handed out (or
// written) by whoever knows a digest.
void check_directories(const fs::path& blobs) {
  for (const fs::path& path : {blobs, blobs / "sha256", blobs / "sha512"}) {
    std::error_code failure;
    if (!fs::is_symlink(fs::symlink_status(path, failure))) continue;
    throw Error(Errc::corrupt,
                path.filename().string() + ": expected a directory, found a symbolic link",
                "put a directory in its place, or mount one there");
  }
}

}  // namespace

std::string read_layout_file(const fs::path& directory, std::string_view name) {
  const auto file = std::make_shared<const File>(File::open_regular(directory / name));
  return within(name,
                [&] { return read_document(file_body(file, 0, file->size()), largest_document); });
}

std::string layout_file() { return R"({"imageLayoutVersion":"1.0.0"})"; }

void check_layout_file(std::string_view text) {
  within(layout_file_name, [&] {
    const std::string version = string_member(Json::parse(text), "imageLayoutVersion");
    if (version != "1.0.0") {
      throw Error(Errc::unsupported, "expected imageLayoutVersion 1.0.0, found '" + version + "'");
    }
  });
}

Index parse_index_file(std::string_view text) {
  return within(index_file_name, [&] { return Index::parse(text, media_type::oci_index); });
}

Index empty_index() { return {std::string(media_type::oci_index)}; }

Layout Layout::open(const fs::path& directory) {
  return within(directory.string(), [&] {
    if (!is_there(directory)) {
      throw Error(Errc::not_found, "expected an OCI layout, found nothing there");
    }
    for (const std::string_view name : {layout_file_name, index_file_name}) {
      if (is_there(directory / name)) continue;
      throw Error(Errc::corrupt,
                  "expected an OCI layout, found no file " + std::string(name) + " in it");
    }
    check_directories(directory / "blobs");
    check_layout_file(read_layout_file(directory, layout_file_name));
    return Layout(directory, parse_index_file(read_layout_file(directory, index_file_name)));
  });
}

}  // namespace ocimux
