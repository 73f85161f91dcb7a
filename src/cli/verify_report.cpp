#include "cli/verify_report.hpp"

#include "cli/report_json.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

#include <algorithm>

namespace ocimux::cli {
namespace {

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string state_of(const VerifiedInput& input) {
  if (input.failure) return "could not be verified";
  const std::size_t errors = input.count(Severity::error);
  const std::size_t warnings = input.count(Severity::warning);
  const std::string tail = warnings == 0 ? "" : ", " + counted(warnings, "warning");
  return errors == 0 ? "ok" + tail : "WRONG: " + counted(errors, "error") + tail;
}

std::string state_of(const VerifiedInput& input, std::size_t image) {
  const bool wrong =
      std::any_of(input.findings.begin(), input.findings.end(), [&](const Finding& finding) {
        return finding.image == image && finding.severity == Severity::error;
      });
  return wrong ? "WRONG" : "ok";
}

std::string images_text(const VerifiedInput& input) {
  constexpr std::size_t shown = 19;  // `sha256:` and as many digits as git shows
  Table table({"IMAGE", "PLATFORM", "DIGEST", "BINARIES", "STATE"});
  for (std::size_t i = 0; i < input.images.size(); ++i) {
    const VerifiedImage& image = input.images[i];
    table.add({image.place.empty() ? "-" : printable(image.place),
               image.platform ? printable(image.platform->string()) : "-",
               image.digest ? image.digest->string().substr(0, shown) : "-",
               std::to_string(image.binaries), state_of(input, i)});
  }
  return input.images.empty() ? "" : table.text("  ");
}

std::string finding_text(const Finding& finding) {
  std::string text = finding.severity == Severity::error ? "  error " : "  warning ";
  text += finding.code + ": ";
  if (!finding.place.empty()) text += printable(finding.place);
  if (finding.more != 0) text += " (and " + std::to_string(finding.more) + " more)";
  if (!finding.place.empty() || finding.more != 0) text += ": ";
  text += "expected " + printable(finding.expected) + ", found " + printable(finding.found) + "\n";
  if (!finding.hint.empty()) text += "    hint: " + printable(finding.hint) + "\n";
  return text;
}

std::string_view name_of(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::not_found: return "notFound";
    case Errc::denied: return "denied";
    case Errc::network: return "network";
    default: return "io";
  }
}

Json image_json(const VerifiedImage& image) {
  Json json = Json::object();
  json.set("place", valid_utf8(image.place));
  if (image.platform) json.set("platform", platform_json(*image.platform));
  if (image.digest) json.set("digest", image.digest->string());
  json.set("binaries", static_cast<std::int64_t>(image.binaries));
  return json;
}

Json finding_json(const Finding& finding) {
  Json json = Json::object();
  json.set("severity", name_of(finding.severity));
  json.set("code", finding.code);
  json.set("place", valid_utf8(finding.place));
  json.set("expected", valid_utf8(finding.expected));
  json.set("found", valid_utf8(finding.found));
  if (!finding.hint.empty()) json.set("hint", valid_utf8(finding.hint));
  if (finding.digest) json.set("digest", finding.digest->string());
  if (finding.more != 0) json.set("more", static_cast<std::int64_t>(finding.more));
  if (finding.image) json.set("image", static_cast<std::int64_t>(*finding.image));
  return json;
}

template <typename T, typename Form>
Json array_of(const std::vector<T>& items, Form form) {
  Json::Array array;
  for (const T& item : items) array.push_back(form(item));
  return array;
}

Json input_json(const VerifiedInput& input) {
  Json json = Json::object();
  json.set("input", valid_utf8(input.name));
  if (!input.kind.empty()) json.set("kind", input.kind);
  json.set("ok", !input.failure && input.count(Severity::error) == 0);
  if (input.failure) {
    Json failure = Json::object();
    failure.set("code", name_of(input.failure->code()));
    failure.set("message", valid_utf8(input.failure->what()));
    json.set("failure", std::move(failure));
  }
  json.set("images", array_of(input.images, image_json));
  json.set("findings", array_of(input.findings, finding_json));
  return json;
}

}  // namespace

std::string verification_text(const Verification& verification) {
  std::string text;
  for (const VerifiedInput& input : verification.inputs) {
    // There is no result, and the error is told as errors are.
    if (input.failure && input.findings.empty()) continue;
    text += printable(input.name) + ": " + (input.kind.empty() ? "" : input.kind + ": ") +
            state_of(input) + "\n";
    text += images_text(input);
    for (const Finding& finding : input.findings) text += finding_text(finding);
  }
  return text;
}

std::string verification_json(const Verification& verification) {
  Json json = Json::object();
  json.set("ok", verification.ok());
  json.set("errors", static_cast<std::int64_t>(verification.count(Severity::error)));
  json.set("warnings", static_cast<std::int64_t>(verification.count(Severity::warning)));
  json.set("inputs", array_of(verification.inputs, input_json));
  return json.dump(2);
}

}  // namespace ocimux::cli
