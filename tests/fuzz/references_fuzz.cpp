// What users and documents call images: names, tags, digests.

#include <ocimux/digest/digest.hpp>
#include <ocimux/spec/image_name.hpp>

#include "fuzz/fuzzing.hpp"
#include "registry/reference.hpp"
#include "source/image_store.hpp"
#include "source/reference.hpp"

namespace ocimux::fuzz {
namespace {

void check_reference(std::string_view text) {
  const auto reference = outcome_of([&] { return Reference::parse(text); });
  static_cast<void>(names_host(text));
  if (!reference.value) return;
  const std::string written = reference.value->string();
  const Reference again = Reference::parse(written);
  require(again.string() == written && again.address() == reference.value->address() &&
              again.version() == reference.value->version(),
          "a reference is written as it was read");
  require(
      written.find_first_of(std::string_view(" \t\n\r\0\x1b%?#\\\"'<>", 14)) == std::string::npos,
      "nothing in a reference is more than a name");
  require(("/" + reference.value->repository + "/").find("/../") == std::string::npos,
          "no reference climbs");
}

void check_names(std::string_view text) {
  const std::string name = normalized_image_name(text);
  require(normalized_image_name(name) == name, "a normalized name stays");
  Descriptor descriptor{"", Digest::of(text)};
  descriptor.annotations[std::string(annotation::ref_name)] = text;
  require(tag_of(descriptor).size() <= text.size(), "a tag is a part of the name");
}

void check_digest(std::string_view text) {
  const auto digest = outcome_of([&] { return Digest::parse(text); });
  if (!digest.value) return;
  require(digest.value->string() == text, "a digest is its text");
  require(digest.value->encoded().find_first_not_of("0123456789abcdef") == std::string::npos,
          "a digest makes no path but its own");
}

void check_local(std::string_view text) {
  if (text.size() > 256) return;  // it asks the disk about each part
  const auto local = outcome_of([&] { return LocalReference::parse(text); });
  if (local.value) require(!local.value->path.empty(), "a local reference has a path");
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = ocimux::fuzz::text_of(data, size);
  ocimux::fuzz::check_reference(text);
  ocimux::fuzz::check_names(text);
  ocimux::fuzz::check_digest(text);
  ocimux::fuzz::check_local(text);
  return 0;
}
