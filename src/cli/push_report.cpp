#include "cli/common.hpp"
#include "cli/replaced.hpp"
#include "cli/reports.hpp"

namespace ocimux::cli {
namespace {

std::string blobs(std::size_t count, std::int64_t bytes) {
  return std::to_string(count) + (count == 1 ? " blob (" : " blobs (") + human_bytes(bytes) + ")";
}

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string amounts(const PushResult& result) {
  std::string text = blobs(result.blobs_sent, result.bytes_sent) + ", " +
                     count_of(result.manifests_sent, "manifest") + ", " +
                     count_of(result.tags_sent, "tag");
  if (result.blobs_mounted != 0) {
    text += "; mounted " + blobs(result.blobs_mounted, result.bytes_mounted);
  }
  if (result.blobs_there != 0) {
    text += "; there already " + blobs(result.blobs_there, result.bytes_there);
  }
  return text;
}

Json counts(std::int64_t sent, std::int64_t there, std::int64_t mounted) {
  return Json::Object{{"sent", sent}, {"there", there}, {"mounted", mounted}};
}

}  // namespace

std::string push_json(const PushResult& result, Done done) {
  Json json = Json::object();
  json.set("dryRun", done == Done::not_yet);
  Json::Array tags;
  for (const PushedTag& tag : result.tags) {
    tags.push_back(Json::Object{{"name", tag.name}, {"digest", tag.digest.string()}});
  }
  json.set("tags", std::move(tags));
  json.set("replaced", replaced_json(result.replaced));
  const auto count = [](std::size_t number) { return static_cast<std::int64_t>(number); };
  json.set("blobs", counts(count(result.blobs_sent), count(result.blobs_there),
                           count(result.blobs_mounted)));
  json.set("bytes", counts(result.bytes_sent, result.bytes_there, result.bytes_mounted));
  json.set("manifestsSent", count(result.manifests_sent));
  json.set("tagsSent", count(result.tags_sent));
  return json.dump(2);
}

std::string push_text(const PushResult& result, Done done) {
  std::string text;
  for (const PushedTag& tag : result.tags) {
    text +=
        (done == Done::not_yet ? "would push " : "") + tag.name + "@" + tag.digest.string() + "\n";
  }
  if (done == Done::not_yet) text += "would send " + amounts(result) + "\n";
  return text;
}

std::string push_summary(const PushResult& result) {
  return replaced_text(result.replaced) + "sent " + amounts(result) + "\n";
}

}  // namespace ocimux::cli
