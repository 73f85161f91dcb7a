#include "cli/edit_report.hpp"

#include "cli/common.hpp"
#include "cli/merged_images.hpp"
#include "cli/replaced.hpp"
#include "cli/report_json.hpp"
#include "cli/text.hpp"

namespace ocimux::cli {
namespace {

std::string text_of(const std::optional<Digest>& digest) {
  return digest ? digest->string() : "none";
}

std::string name_of(const EditedName& name) {
  if (!name.name.empty()) return printable(name.name);
  return name.tag.empty() ? "(no name)" : printable(name.tag);
}

Json name_json(const EditedName& name) {
  Json json = Json::object();
  json.set("tag", valid_utf8(name.tag));
  if (!name.name.empty()) json.set("name", valid_utf8(name.name));
  json.set("before", name.before ? Json(name.before->string()) : Json());
  json.set("after", name.after ? Json(name.after->string()) : Json());
  return json;
}

Json descriptors_json(const std::vector<Descriptor>& descriptors) {
  Json::Array all;
  for (const Descriptor& descriptor : descriptors) {
    Json json = Json::object();
    if (descriptor.platform) json.set("platform", platform_json(*descriptor.platform));
    add_descriptor(json, descriptor);
    all.push_back(std::move(json));
  }
  return all;
}

std::string entries_text(const char* what, const std::vector<Descriptor>& descriptors) {
  std::string text;
  for (const Descriptor& descriptor : descriptors) {
    const bool image = descriptor.platform && !descriptor.platform->unknown();
    text += std::string("  ") + what + " " +
            (image ? printable(descriptor.platform->string()) : "(no platform)") + " " +
            descriptor.digest.string() + "\n";
  }
  return text;
}

Json json_of(const EditResult& result, Done done) {
  Json json = Json::object();
  json.set("dryRun", done == Done::not_yet);
  Json::Array references;
  for (const EditedName& name : result.names) references.push_back(name_json(name));
  json.set("references", std::move(references));
  json.set("replaced", replaced_json(result.replaced));
  json.set("added", descriptors_json(result.added));
  json.set("removed", descriptors_json(result.removed));
  return json;
}

}  // namespace

std::string edit_lines(const EditResult& result) {
  std::string text;
  for (const EditedName& name : result.names) {
    text += text_of(name.before) + " -> " + text_of(name.after) + "\n";
  }
  return text;
}

std::string edit_json(const EditResult& result, Done done) { return json_of(result, done).dump(2); }

std::string add_json(const AddResult& result, Done done) {
  Json json = json_of(result.edit, done);
  json.set("images", images_json(result.images));
  json.set("stayed", descriptors_json(result.stayed));
  if (done == Done::all) {
    json.set("written",
             Json::Object{{"blobs", result.blobs_written}, {"bytes", result.bytes_written}});
  }
  return json.dump(2);
}

std::string add_summary(const AddResult& result, Done done) {
  std::string text = edit_summary(result.edit, done) + entries_text("stays", result.stayed);
  if (done == Done::not_yet) return text;
  return text + "  " + std::to_string(result.blobs_written) + " blobs, " +
         human_bytes(result.bytes_written) + " written\n";
}

std::string edit_summary(const EditResult& result, Done done) {
  std::string text;
  for (const EditedName& name : result.names) {
    const bool same = name.before == name.after;
    const std::string would = done == Done::not_yet ? "would be " : "";
    text += name_of(name) + ": " +
            (same           ? "stays " + text_of(name.after)
             : !name.before ? would + "added: " + text_of(name.after)
             : !name.after
                 ? would + "removed: " + text_of(name.before)
                 : would + "changed: " + text_of(name.before) + " -> " + text_of(name.after)) +
            "\n";
  }
  return text + replaced_text(result.replaced) + entries_text("added", result.added) +
         entries_text("removed", result.removed);
}

}  // namespace ocimux::cli
