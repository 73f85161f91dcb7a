#include "cli/report_json.hpp"
#include "cli/reports.hpp"
#include "cli/text.hpp"

namespace ocimux::cli {
namespace {

std::string state_of(const VerifiedImage& image) {
  if (!image.findings.empty()) return "WRONG";
  return "ok, " + std::to_string(image.binaries) + (image.binaries == 1 ? " binary" : " binaries") +
         " seen";
}

Json strings_json(const std::vector<std::string>& texts) {
  Json::Array all;
  for (const std::string& text : texts) all.emplace_back(valid_utf8(text));
  return all;
}

}  // namespace

std::string verification_text(const Verification& verification) {
  std::string text;
  for (const VerifiedImage& image : verification.images) {
    text += printable(image.origin) + ": " +
            (image.platform ? printable(image.platform->string()) + ": " : "") + state_of(image) +
            "\n";
    for (const std::string& finding : image.findings) text += "  " + printable(finding) + "\n";
    for (const std::string& warning : image.warnings) {
      text += "  warning: " + printable(warning) + "\n";
    }
  }
  return text;
}

std::string verification_json(const Verification& verification) {
  Json::Array images;
  for (const VerifiedImage& image : verification.images) {
    Json json = Json::object();
    json.set("input", valid_utf8(image.origin));
    if (image.platform) json.set("platform", platform_json(*image.platform));
    json.set("binaries", static_cast<std::int64_t>(image.binaries));
    json.set("findings", strings_json(image.findings));
    json.set("warnings", strings_json(image.warnings));
    images.push_back(std::move(json));
  }
  Json json = Json::object();
  json.set("ok", verification.ok());
  json.set("images", std::move(images));
  return json.dump(2);
}

}  // namespace ocimux::cli
