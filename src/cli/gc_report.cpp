#include "cli/gc_report.hpp"

#include "cli/common.hpp"
#include "cli/text.hpp"
#include "spec/json.hpp"

namespace ocimux::cli {
namespace {

Json blobs_json(const std::vector<GarbageBlob>& blobs) {
  Json::Array all;
  for (const GarbageBlob& blob : blobs) {
    all.push_back(Json::Object{{"digest", blob.digest.string()}, {"size", blob.size}});
  }
  return all;
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::string garbage_json(const Garbage& garbage, Done done) {
  Json json = Json::object();
  json.set("path", valid_utf8(garbage.name));
  json.set("dryRun", done == Done::not_yet);
  json.set("removed", blobs_json(garbage.removed));
  json.set("blobs", static_cast<std::int64_t>(garbage.removed.size()));
  json.set("bytes", garbage.bytes);
  json.set("linked", Json::Object{{"blobs", static_cast<std::int64_t>(garbage.linked)},
                                  {"bytes", garbage.linked_bytes}});
  json.set("spared", blobs_json(garbage.spared));
  json.set("reached", static_cast<std::int64_t>(garbage.reached));
  Json::Array foreign;
  for (const std::string& path : garbage.foreign) foreign.emplace_back(valid_utf8(path));
  json.set("foreign", std::move(foreign));
  json.set("abandoned", static_cast<std::int64_t>(garbage.abandoned));
  return json.dump(2);
}

std::string garbage_lines(const Garbage& garbage) {
  std::string text;
  for (const GarbageBlob& blob : garbage.removed) {
    text += blob.digest.string() + " " + std::to_string(blob.size) + "\n";
  }
  return text;
}

std::string garbage_summary(const Garbage& garbage, Done done) {
  std::string text = (done == Done::all ? "removed " : "would remove ") +
                     counted(garbage.removed.size(), "blob") + ", " + human_bytes(garbage.bytes) +
                     ", from " + printable(garbage.name) + "; " + counted(garbage.reached, "blob") +
                     " stay\n";
  if (garbage.linked != 0) {
    text += "  " + counted(garbage.linked, "blob") + " of these, " +
            human_bytes(garbage.linked_bytes) +
            ", have further names elsewhere: their space is free once the last one goes\n";
  }
  if (!garbage.spared.empty()) {
    text += "  " + counted(garbage.spared.size(), "blob") +
            " that nothing names are left to a process at work on the layout\n";
  }
  for (const std::string& path : garbage.foreign) {
    text += "  " + printable(path) + " is no blob: left as it is\n";
  }
  if (garbage.abandoned != 0) {
    text += "  removed what " + counted(garbage.abandoned, "process") + " that died had left\n";
  }
  return text;
}

}  // namespace ocimux::cli
