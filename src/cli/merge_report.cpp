#include "cli/common.hpp"
#include "cli/merged_images.hpp"
#include "cli/report_json.hpp"
#include "cli/reports.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

#include <algorithm>

namespace ocimux::cli {
namespace {

std::string name_of(const NamedDescriptor& named) {
  return named.name.empty() ? named.tag : named.name;
}

Json base_json(const MergedBase& base) {
  Json json = Json::object();
  json.set("reference", valid_utf8(base.reference));
  if (base.digest) json.set("digest", base.digest->string());
  json.set("layers", static_cast<std::int64_t>(base.layers));
  json.set("entries", static_cast<std::int64_t>(base.entries));
  return json;
}

std::string plan_of(const MergedBase& base) {
  return printable(base.reference) + ", and a layer of " + std::to_string(base.entries) +
         " entries";
}

}  // namespace

Json images_json(const std::vector<MergedImage>& merged) {
  Json::Array images;
  for (const MergedImage& image : merged) {
    Json one = Json::object();
    one.set("platform", platform_json(image.platform));
    one.set("input", valid_utf8(image.origin));
    if (image.descriptor) add_descriptor(one, *image.descriptor);
    if (image.replaced) one.set("replaced", image.replaced->string());
    if (image.attests) one.set("attests", image.attests->string());
    if (image.base) one.set("base", base_json(*image.base));
    images.push_back(std::move(one));
  }
  return images;
}

std::string merge_json(const MergeResult& result) {
  Json json = Json::object();
  json.set("dryRun", !result.index.has_value());
  if (result.index) {
    json.set("digest", result.index->digest.string());
    json.set("mediaType", result.index->media_type);
    json.set("size", result.index->size);
  }
  Json::Array references;
  for (const NamedDescriptor& named : result.names) {
    Json reference = Json::object();
    reference.set("tag", named.tag);
    if (!named.name.empty()) reference.set("name", named.name);
    if (named.digest) reference.set("digest", named.digest->string());
    references.push_back(std::move(reference));
  }
  json.set("references", std::move(references));
  json.set("images", images_json(result.images));
  if (result.index) {
    json.set("written",
             Json::Object{{"blobs", result.blobs_written}, {"bytes", result.bytes_written}});
  }
  return json.dump(2);
}

std::string merge_plan(const MergeResult& result) {
  const bool based = std::any_of(result.images.begin(), result.images.end(),
                                 [](const MergedImage& image) { return image.base.has_value(); });
  Table table(based ? std::vector<std::string>{"PLATFORM", "INPUT", "BASE"}
                    : std::vector<std::string>{"PLATFORM", "INPUT"});
  for (const MergedImage& image : result.images) {
    std::vector<std::string> row{
        image.attests ? "(attestation)" : printable(image.platform.string()),
        printable(image.origin)};
    if (based) row.push_back(image.base ? plan_of(*image.base) : "");
    table.add(std::move(row));
  }
  std::string text = table.text("");
  for (const NamedDescriptor& named : result.names) text += "tag " + name_of(named) + "\n";
  return text;
}

std::string merge_summary(const MergeResult& result, const std::string& output) {
  std::string platforms;
  for (const MergedImage& image : result.images) {
    if (image.platform.unknown()) continue;
    platforms += (platforms.empty() ? "" : ", ") + printable(image.platform.string());
  }
  std::string text = "merged " + platforms + " into " +
                     (output == "-" ? "standard output" : printable(output)) + ": " +
                     std::to_string(result.blobs_written) + " blobs, " +
                     human_bytes(result.bytes_written) + " written\n";
  for (const NamedDescriptor& named : result.names) {
    text += "  " + name_of(named) + " -> " + named.digest->string() + "\n";
  }
  if (output == "-" && result.names.empty()) text += "  " + result.index->digest.string() + "\n";
  return text;
}

}  // namespace ocimux::cli
