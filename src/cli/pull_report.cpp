#include "cli/common.hpp"
#include "cli/report_json.hpp"
#include "cli/reports.hpp"
#include "cli/text.hpp"

namespace ocimux::cli {
namespace {

std::string blobs_and_bytes(const PullResult& result) {
  return std::to_string(result.blobs_written) + " blobs, " + human_bytes(result.bytes_written);
}

std::string replacements(const PullResult& result) {
  std::string text;
  for (const Replaced& replaced : result.replaced) {
    text += "  " + printable(replaced.what) + ": " + replaced.before.string() + " -> " +
            replaced.after.string() + "\n";
  }
  return text;
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
  Json::Array replaced;
  for (const Replaced& one : result.replaced) {
    replaced.push_back(Json::Object{{"what", valid_utf8(one.what)},
                                    {"before", one.before.string()},
                                    {"after", one.after.string()}});
  }
  json.set("replaced", std::move(replaced));
  json.set(done == Done::not_yet ? "missing" : "written",
           Json::Object{{"blobs", static_cast<std::int64_t>(result.blobs_written)},
                        {"bytes", result.bytes_written}});
  return json.dump(2);
}

std::string pull_plan(const PullResult& result) {
  return "would fetch " + blobs_and_bytes(result) + "\n" + replacements(result) + names(result);
}

std::string pull_summary(const PullResult& result, const std::string& output) {
  return "pulled into " + (output == "-" ? "standard output" : printable(output)) + ": " +
         blobs_and_bytes(result) + " written\n" + replacements(result) + names(result);
}

}  // namespace ocimux::cli
