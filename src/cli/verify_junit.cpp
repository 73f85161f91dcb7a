#include "cli/text.hpp"
#include "cli/verify_report.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// The form that Jenkins, GitLab, GitHub's and other servers read: testsuites > testsuite > testcase
// with failure, error or system-out. Ours is all of it that they agree on.

namespace ocimux::cli {
namespace {

constexpr std::array<std::string_view, 5> checks{"documents", "blobs", "layers", "platforms",
                                                 "names"};

/// Text as XML 1.0 has it: printable() leaves no control characters, but two that are none of
/// XML's.
std::string escaped(std::string_view text) {
  static const std::map<char, std::string_view> entities{
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}};
  std::string out;
  for (const char c : printable(text)) {
    const auto entity = entities.find(c);
    out += entity == entities.end() ? std::string_view(&c, 1) : entity->second;
  }
  for (const std::string_view none : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = out.find(none); at != std::string::npos; at = out.find(none)) {
      out.replace(at, none.size(), "?");
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value) + "\"";
}

std::string_view check_of(const Finding& finding) {
  for (const VerifyCode& code : verify_codes()) {
    if (code.code == finding.code) return code.check;
  }
  return checks.front();
}

struct Case {
  std::string name;
  std::string errors = {};
  std::string warnings = {};
  std::string message = {};  // of the first error
};

void add(Case& one, const Finding& finding) {
  if (finding.severity == Severity::warning) {
    one.warnings += describe(finding) + "\n";
    return;
  }
  if (one.message.empty()) one.message = describe(finding);
  one.errors += describe(finding) + "\n";
  if (!finding.hint.empty()) one.errors += "hint: " + finding.hint + "\n";
}

/// The lines of @p text, each fit for XML.
std::string lines(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    out += escaped(std::string_view(text).substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return out;
}

std::string xml(const Case& one, const std::string& suite) {
  std::string text =
      "    <testcase" + attribute("classname", suite) + attribute("name", one.name) + " time=\"0\"";
  if (one.errors.empty() && one.warnings.empty()) return text + "/>\n";
  text += ">\n";
  if (!one.errors.empty()) {
    text += "      <failure" + attribute("message", one.message) + " type=\"error\">" +
            lines(one.errors) + "</failure>\n";
  }
  if (!one.warnings.empty()) text += "      <system-out>" + lines(one.warnings) + "</system-out>\n";
  return text + "    </testcase>\n";
}

/// Those of the input as a whole, and then those of each image.
std::vector<Case> cases_of(const VerifiedInput& input) {
  std::vector<Case> cases;
  std::map<std::pair<std::size_t, std::string_view>, std::size_t> places;  // 0: of all of it
  for (std::size_t i = 0; i <= input.images.size(); ++i) {
    std::string of = "all of it";
    if (i != 0) {
      const VerifiedImage& image = input.images[i - 1];
      of = !image.place.empty() ? image.place
           : image.platform     ? image.platform->string()
                                : "the image";
    }
    for (const std::string_view check : checks) {
      if (i != 0 && check == "names") continue;
      places[{i, check}] = cases.size();
      cases.push_back({of + ": " + std::string(check)});
    }
  }
  for (const Finding& finding : input.findings) {
    const bool of_image = finding.image && check_of(finding) != "names";
    add(cases[places.at({of_image ? *finding.image + 1 : 0, check_of(finding)})], finding);
  }
  return cases;
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;

  [[nodiscard]] std::string attributes() const {
    return attribute("tests", std::to_string(tests)) +
           attribute("failures", std::to_string(failures)) +
           attribute("errors", std::to_string(errors));
  }
};

std::string suite_xml(const VerifiedInput& input, Counts& total) {
  Counts counts;
  std::string inside;
  if (input.failure) {
    counts = {1, 0, 1};
    inside = "    <testcase" + attribute("classname", input.name) +
             " name=\"it can be verified\" time=\"0\">\n      <error" +
             attribute("message", input.failure->what()) + " type=\"error\"/>\n    </testcase>\n";
  }
  for (const Case& one : cases_of(input)) {
    ++counts.tests;
    if (!one.errors.empty()) ++counts.failures;
    inside += xml(one, input.name);
  }
  total.tests += counts.tests;
  total.failures += counts.failures;
  total.errors += counts.errors;
  return "  <testsuite" + attribute("name", input.name) + counts.attributes() +
         " skipped=\"0\" time=\"0\">\n" + inside + "  </testsuite>\n";
}

}  // namespace

std::string verification_junit(const Verification& verification) {
  Counts total;
  std::string suites;
  for (const VerifiedInput& input : verification.inputs) suites += suite_xml(input, total);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ocimux verify\"" +
         total.attributes() + " time=\"0\">\n" + suites + "</testsuites>\n";
}

}  // namespace ocimux::cli
