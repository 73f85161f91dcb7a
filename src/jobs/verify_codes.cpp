#include <ocimux/jobs/verify.hpp>

#include <algorithm>

namespace ocimux {

const std::vector<VerifyCode>& verify_codes() {
  constexpr Severity error = Severity::error;
  constexpr Severity warning = Severity::warning;
  static const std::vector<VerifyCode> codes{
      {"unreadable", error, "documents"},
      {"layout-file", error, "documents"},
      {"document-json", error, "documents"},
      {"document-shape", error, "documents"},
      {"descriptor-invalid", error, "documents"},
      {"descriptor-data", error, "documents"},
      {"media-type-mismatch", error, "documents"},
      {"media-type-mixed", warning, "documents"},
      {"media-type-unknown", warning, "documents"},
      {"diff-id-count", error, "documents"},
      {"history-count", error, "documents"},
      {"attestation-orphan", error, "documents"},
      {"subject-missing", warning, "documents"},
      {"limit-exceeded", error, "documents"},
      {"blob-missing", error, "blobs"},
      {"blob-size", error, "blobs"},
      {"blob-digest", error, "blobs"},
      {"blob-not-regular", error, "blobs"},
      {"blob-unreadable", error, "blobs"},
      {"unreferenced-blob", warning, "blobs"},
      {"stray-file", warning, "blobs"},
      {"staging-left", warning, "blobs"},
      {"diff-id", error, "layers"},
      {"layer-compression", error, "layers"},
      {"layer-tar", error, "layers"},
      {"layer-end", warning, "layers"},
      {"member-type", error, "layers"},
      {"whiteout-name", error, "layers"},
      {"path-escapes", error, "layers"},
      {"path-absolute", warning, "layers"},
      {"layer-root", error, "layers"},
      {"duplicate-entry", error, "layers"},
      {"duplicate-directory", warning, "layers"},
      {"hard-link-target", error, "layers"},
      {"layer-entries", warning, "layers"},
      {"windows-layer-form", error, "layers"},
      {"windows-compression", error, "layers"},
      {"windows-records", warning, "layers"},
      {"platform-mismatch", error, "platforms"},
      {"platform-unknown", error, "platforms"},
      {"platform-duplicate", error, "platforms"},
      {"platform-missing", error, "platforms"},
      {"platform-unexpected", error, "platforms"},
      {"platform-demanding", warning, "platforms"},
      {"os-version-missing", warning, "platforms"},
      {"name-duplicate", error, "names"},
      {"name-contradicts", error, "names"},
      {"name-invalid", warning, "names"},
  };
  return codes;
}

std::string describe(const Finding& finding) {
  std::string text = finding.severity == Severity::error ? "error " : "warning ";
  text += finding.code + ": " + finding.input;
  if (!finding.place.empty()) text += ": " + finding.place;
  if (finding.more != 0) text += " (and " + std::to_string(finding.more) + " more)";
  return text + ": expected " + finding.expected + ", found " + finding.found;
}

std::size_t VerifiedInput::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.severity == severity; }));
}

std::size_t Verification::count(Severity severity) const {
  std::size_t sum = 0;
  for (const VerifiedInput& input : inputs) sum += input.count(severity);
  return sum;
}

bool Verification::ok() const {
  return std::all_of(inputs.begin(), inputs.end(), [](const VerifiedInput& input) {
    return !input.failure && input.count(Severity::error) == 0;
  });
}

}  // namespace ocimux
