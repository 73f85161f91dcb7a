#include "cli/report_json.hpp"
#include "cli/reports.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace ocimux::cli {
namespace {

std::string digest_text(const MatchCandidate& candidate) {
  if (candidate.manifest) return candidate.manifest->digest.string();
  return candidate.config ? "config " + candidate.config->string() : "";
}

std::string platform_text(const std::optional<Platform>& platform) {
  return platform ? printable(platform->string()) : "(no platform)";
}

std::string image_text(const MatchCandidate& candidate, const RuntimeMatch& match) {
  if (!candidate.attestation) return platform_text(candidate.platform);
  for (const MatchCandidate& other : match.candidates) {
    if (candidate.attests && other.manifest && other.manifest->digest == *candidate.attests) {
      return "attestation of " + platform_text(other.platform);
    }
  }
  return "attestation";
}

std::string runtime_text(const std::string& runtime, const std::string& versions) {
  return runtime.substr(0, runtime.find(':')) + (versions.empty() ? "" : " " + versions);
}

std::string others_table(const RuntimeMatch& match) {
  std::vector<std::vector<std::string>> rows;
  MatchVerdict last = MatchVerdict::chosen;
  for (const MatchCandidate& each : match.candidates) {
    if (each.verdict == MatchVerdict::chosen) continue;
    const bool fits = each.verdict == MatchVerdict::fits;
    const std::string label = each.verdict == last ? "" : fits ? "also fits:" : "does not fit:";
    last = each.verdict;
    rows.push_back({label, image_text(each, match), printable(each.reason)});
  }
  if (rows.empty()) return "";
  Table table(std::move(rows.front()));
  for (std::size_t i = 1; i < rows.size(); ++i) table.add(std::move(rows[i]));
  return table.text("  ");
}

std::string older_text(const OlderMatch& older) {
  const std::string who = "  " + runtime_text(older.runtime, older.versions);
  if (!older.chosen) return who + " finds none\n";
  return who + " takes " + older.chosen->string() + " " + platform_text(older.platform) + "\n";
}

std::string runtime_section(const RuntimeMatch& match, const Platform& node) {
  std::string text = "node " + printable(node.string()) + ", " +
                     runtime_text(match.runtime, match.versions) + ": ";
  if (const MatchCandidate* chosen = match.chosen()) {
    text += digest_text(*chosen) + " " + platform_text(chosen->platform) + "\n";
    if (!chosen->reason.empty()) text += "  but: " + printable(chosen->reason) + "\n";
  } else {
    text += "none\n";
    if (!match.message.empty()) text += "  it says: " + printable(match.message) + "\n";
  }
  text += others_table(match);
  for (const OlderMatch& older : match.older) text += older_text(older);
  for (const std::string& note : match.notes) text += "  note: " + note + "\n";
  return text;
}

std::string verdict_text(MatchVerdict verdict) {
  switch (verdict) {
    case MatchVerdict::chosen: return "chosen";
    case MatchVerdict::fits: return "fits";
    case MatchVerdict::does_not_fit: break;
  }
  return "doesNotFit";
}

Json candidate_json(const MatchCandidate& candidate) {
  Json json = Json::object();
  if (candidate.manifest) {
    json.set("digest", candidate.manifest->digest.string());
    json.set("mediaType", candidate.manifest->media_type);
  }
  if (candidate.config) json.set("config", candidate.config->string());
  if (candidate.platform) json.set("platform", platform_json(*candidate.platform));
  json.set("verdict", verdict_text(candidate.verdict));
  if (!candidate.reason.empty()) json.set("reason", candidate.reason);
  if (candidate.attestation) json.set("attestation", true);
  if (candidate.attests) json.set("attests", candidate.attests->string());
  return json;
}

Json older_json(const OlderMatch& older) {
  Json json = Json::object();
  json.set("name", older.runtime);
  json.set("versions", older.versions);
  if (older.chosen) json.set("chosen", older.chosen->string());
  return json;
}

Json runtime_json(const RuntimeMatch& match) {
  Json json = Json::object();
  json.set("name", match.runtime);
  if (!match.versions.empty()) json.set("versions", match.versions);
  if (const MatchCandidate* chosen = match.chosen()) {
    json.set("chosen",
             chosen->manifest ? chosen->manifest->digest.string() : chosen->config->string());
  }
  if (!match.message.empty()) json.set("message", match.message);
  Json::Array candidates;
  for (const MatchCandidate& each : match.candidates) candidates.push_back(candidate_json(each));
  json.set("candidates", std::move(candidates));
  Json::Array older;
  for (const OlderMatch& each : match.older) older.push_back(older_json(each));
  if (!older.empty()) json.set("older", std::move(older));
  if (!match.notes.empty()) json.set("notes", to_json(match.notes));
  return json;
}

}  // namespace

std::string match_json(const MatchResult& result) {
  Json json = Json::object();
  json.set("path", valid_utf8(result.name));
  json.set("node", platform_json(result.node));
  Json::Array runtimes;
  for (const RuntimeMatch& match : result.runtimes) runtimes.push_back(runtime_json(match));
  json.set("runtimes", std::move(runtimes));
  if (!result.hint.empty()) json.set("hint", result.hint);
  return json.dump(2);
}

std::string match_table(const MatchResult& result) {
  std::string text;
  for (const RuntimeMatch& match : result.runtimes) {
    text += (text.empty() ? "" : "\n") + runtime_section(match, result.node);
  }
  return text;
}

}  // namespace ocimux::cli
