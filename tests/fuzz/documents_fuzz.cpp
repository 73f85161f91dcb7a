// Documents of images. What is read, written and read again is the same.
// The first byte says what the descriptor says it is.

#include <ocimux/spec/documents.hpp>
#include <ocimux/spec/media_types.hpp>

#include "fuzz/fuzzing.hpp"
#include "layout/layout_files.hpp"
#include "spec/descriptor_json.hpp"
#include "spec/json.hpp"

#include <array>

namespace ocimux::fuzz {
namespace {

constexpr std::array<std::string_view, 5> types{"", media_type::oci_index, media_type::docker_list,
                                                media_type::oci_manifest,
                                                media_type::docker_manifest};

void check_json(std::string_view text) {
  tolerate([&] {
    const std::string written = Json::parse(text).dump();
    require(Json::parse(written).dump() == written, "JSON is written as it was read");
    require(Json::parse(Json::parse(text).dump(2)).dump() == written, "indented JSON is the same");
  });
}

template <typename Document>
void check_document(std::string_view text, std::string_view type) {
  const auto document = outcome_of([&] { return Document::parse(text, type); });
  if (!document.value) return;
  const std::string written = document.value->document();
  const Document again = Document::parse(written, document.value->media_type);
  require(again.document() == written, "a document is written as it was read");
  require(again.media_type == document.value->media_type, "a document keeps its type");
}

void check(std::string_view text, std::string_view type) {
  check_json(text);
  check_document<Index>(text, type);
  check_document<Manifest>(text, type);
  require(!outcome_of([&] { return Index::parse(text, type); }).value ||
              !outcome_of([&] { return Manifest::parse(text, type); }).value,
          "no document is both index and manifest");
  tolerate([&] { static_cast<void>(ImageConfig::parse(text)); });
  tolerate([&] { check_layout_file(text); });
  tolerate([&] {
    const Descriptor descriptor = parse_descriptor(Json::parse(text));
    const std::string written = to_json(descriptor).dump();
    require(to_json(parse_descriptor(Json::parse(written))).dump() == written,
            "a descriptor is written as it was read");
  });
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::Steering steering(ocimux::fuzz::text_of(data, size));
  const std::string_view type = ocimux::fuzz::types[steering.byte() % ocimux::fuzz::types.size()];
  ocimux::fuzz::check(steering.rest(), type);
  return 0;
}
