#include "cli/diff_report.hpp"
#include "cli/files_report.hpp"
#include "cli/report_json.hpp"
#include "cli/text.hpp"

#include <ostream>
#include <utility>

namespace ocimux::cli {
namespace {

Json platforms_json(const std::vector<Platform>& platforms) {
  Json::Array all;
  for (const Platform& platform : platforms) all.push_back(platform_json(platform));
  return all;
}

Json values_json(const std::vector<ValueDifference>& values) {
  Json::Array all;
  for (const ValueDifference& value : values) {
    Json json = Json::object();
    json.set("name", valid_utf8(value.name));
    if (value.before) json.set("before", valid_utf8(*value.before));
    if (value.after) json.set("after", valid_utf8(*value.after));
    if (value.time) json.set("time", true);
    all.push_back(std::move(json));
  }
  return all;
}

const char* name_of(LayerRelation relation) {
  switch (relation) {
    case LayerRelation::only_before: return "onlyBefore";
    case LayerRelation::only_after: return "onlyAfter";
    case LayerRelation::gzip_time: return "gzipTime";
    case LayerRelation::same_content: return "sameContent";
    case LayerRelation::same_but_times: return "sameButTimes";
    case LayerRelation::same_members: return "sameMembers";
    case LayerRelation::other: break;
  }
  return "other";
}

Json layer_side(std::size_t place, const std::optional<Descriptor>& descriptor,
                const std::optional<Digest>& diff_id) {
  Json json = descriptor ? descriptor_json(*descriptor) : Json::object();
  if (diff_id) json.set("diffId", diff_id->string());
  json.set("place", static_cast<std::int64_t>(place));
  return json;
}

Json layer_json(const LayerDifference& layer) {
  Json json = Json::object();
  json.set("relation", name_of(layer.relation));
  if (layer.place_before) {
    json.set("before", layer_side(*layer.place_before, layer.before, layer.diff_id_before));
  }
  if (layer.place_after) {
    json.set("after", layer_side(*layer.place_after, layer.after, layer.diff_id_after));
  }
  return json;
}

Json file_json(const FileDifference& file) {
  Json json = Json::object();
  json.set("path", valid_utf8(file.path()));
  json.set("change", !file.before ? "added" : !file.after ? "removed" : "changed");
  if (!file.aspects.empty()) {
    Json::Array why;
    for (const FileAspect aspect : file.aspects) why.emplace_back(ocimux::name_of(aspect));
    json.set("why", std::move(why));
  }
  if (file.before) json.set("before", cli::file_json(*file.before));
  if (file.after) json.set("after", cli::file_json(*file.after));
  return json;
}

// The opened object of @p json: its last brace is left to whoever goes on.
std::string open(const Json& json) {
  std::string text = json.dump();
  text.pop_back();
  return text;
}

void print_image(const ImageDifference& image, std::ostream& out) {
  Json json = Json::object();
  if (image.platform) json.set("platform", platform_json(*image.platform));
  if (image.before) json.set("before", image.before->string());
  if (image.after) json.set("after", image.after->string());
  json.set("descriptor", values_json(image.descriptor));
  json.set("manifest", values_json(image.manifest));
  json.set("config", values_json(image.config));
  Json::Array layers;
  for (const LayerDifference& layer : image.layers) layers.push_back(layer_json(layer));
  json.set("layers", std::move(layers));
  out << open(json) << ",\"files\":[";
  const char* between = "\n";
  for (const FileDifference& file : image.files) {
    out << between << file_json(file).dump();
    between = ",\n";
  }
  out << "]}";
}

Json attestations_json(const std::vector<AttestationDifference>& attestations) {
  using Kind = AttestationDifference::Kind;
  Json::Array all;
  for (const AttestationDifference& one : attestations) {
    Json json = Json::object();
    if (one.platform) json.set("platform", platform_json(*one.platform));
    json.set("predicate", valid_utf8(one.predicate));
    json.set("change", one.kind == Kind::only_before  ? "removed"
                       : one.kind == Kind::only_after ? "added"
                                                      : "changed");
    all.push_back(std::move(json));
  }
  return all;
}

Json side_json(const std::string& name, const std::optional<Digest>& digest) {
  Json json = Json::object();
  json.set("image", valid_utf8(name));
  if (digest) json.set("digest", digest->string());
  return json;
}

}  // namespace

void print_diff_json(const Diff& diff, std::ostream& out) {
  Json head = Json::object();
  head.set("same", diff.same());
  head.set("onlyTimes", diff.only_times());
  head.set("before", side_json(diff.before, diff.digest_before));
  head.set("after", side_json(diff.after, diff.digest_after));
  head.set("onlyBefore", platforms_json(diff.only_before));
  head.set("onlyAfter", platforms_json(diff.only_after));
  head.set("index", values_json(diff.index));
  head.set("attestations", attestations_json(diff.attestations));
  out << open(head) << ",\"images\":[";
  const char* between = "\n";
  for (const ImageDifference& image : diff.differing) {
    out << between;
    print_image(image, out);
    between = ",\n";
  }
  out << "]}\n";
}

}  // namespace ocimux::cli
