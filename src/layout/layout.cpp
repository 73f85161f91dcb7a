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
    check_layout_file(read_layout_file(directory, layout_file_name));
    return Layout(directory, parse_index_file(read_layout_file(directory, index_file_name)));
  });
}

}  // namespace ocimux
