#include "cli/common.hpp"
#include "cli/replaced.hpp"
#include "cli/report_json.hpp"
#include "cli/reports.hpp"
#include "cli/text.hpp"

namespace ocimux::cli {
namespace {

std::string blobs_and_bytes(const PullResult& result) {
  return std::to_string(result.blobs_written) + " blobs, " + human_bytes(result.bytes_written);
}

std::string names(const PullResult& result) {
  std::string text;
  for (const NamedDescriptor& named : result.names) {
    text += "  " + printable(named.name.empty() ? named.tag : named.name) + " -> " +
            named.digest->string() + "\n";
  }
  return text.empty() ? "  " + result.top.digest.string() + "\n" : text;
}

}  // namespace

std::string pull_json(const PullResult& result, Done done) {
  Json json = Json::object();
  json.set("dryRun", done == Done::not_yet);
  add_descriptor(json, result.top);
  Json::Array references;
  for (const NamedDescriptor& named : result.names) {
    Json reference = Json::object();
    reference.set("tag", named.tag);
    if (!named.name.empty()) reference.set("name", named.name);
    reference.set("digest", named.digest->string());
    references.push_back(std::move(reference));
  }
  json.set("references", std::move(references));
  json.set("replaced", replaced_json(result.replaced));
  json.set(done == Done::not_yet ? "missing" : "written",
           Json::Object{{"blobs", static_cast<std::int64_t>(result.blobs_written)},
                        {"bytes", result.bytes_written}});
  return json.dump(2);
}

std::string pull_plan(const PullResult& result) {
  return "would fetch " + blobs_and_bytes(result) + "\n" + replaced_text(result.replaced) +
         names(result);
}

std::string pull_summary(const PullResult& result, const std::string& output) {
  return "pulled into " + (output == "-" ? "standard output" : printable(output)) + ": " +
         blobs_and_bytes(result) + " written\n" + replaced_text(result.replaced) + names(result);
}

}  // namespace ocimux::cli
