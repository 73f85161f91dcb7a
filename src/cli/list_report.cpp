#include "cli/list_report.hpp"

#include "cli/common.hpp"
#include "cli/report_json.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace ocimux::cli {
namespace {

std::string name_of(const ListedEntry& entry) {
  if (!entry.name.empty()) return printable(entry.name);
  return entry.tag.empty() ? "(no name)" : printable(entry.tag);
}

std::string platforms_of(const ListedEntry& entry) {
  return entry.platforms.empty() ? "-" : std::to_string(entry.platforms.size());
}

std::string remark_on(const ListedEntry& entry) {
  if (!entry.problem.empty()) return printable(entry.problem);
  return entry.subject ? "refers to " + entry.subject->string() : "";
}

}  // namespace

std::string listing_json(const Listing& listing) {
  Json json = Json::object();
  json.set("path", valid_utf8(listing.name));
  Json::Array references;
  for (const ListedEntry& entry : listing.entries) {
    Json one = Json::object();
    one.set("tag", valid_utf8(entry.tag));
    if (!entry.name.empty()) one.set("name", valid_utf8(entry.name));
    add_descriptor(one, entry.descriptor);
    one.set("kind", entry.kind);
    Json::Array platforms;
    for (const Platform& platform : entry.platforms) platforms.push_back(platform_json(platform));
    one.set("platforms", std::move(platforms));
    one.set("totalSize", entry.size);
    if (entry.subject) one.set("subject", entry.subject->string());
    if (!entry.problem.empty()) one.set("problem", valid_utf8(entry.problem));
    references.push_back(std::move(one));
  }
  json.set("references", std::move(references));
  json.set("bytes", listing.bytes);
  return json.dump(2);
}

std::string listing_table(const Listing& listing) {
  Table table({"NAME", "DIGEST", "KIND", "PLATFORMS", "SIZE", ""});
  for (const ListedEntry& entry : listing.entries) {
    table.add({name_of(entry), entry.descriptor.digest.string(), entry.kind, platforms_of(entry),
               human_bytes(entry.size), remark_on(entry)});
  }
  return table.text("");
}

}  // namespace ocimux::cli
