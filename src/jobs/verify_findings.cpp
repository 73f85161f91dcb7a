#include "jobs/verify_findings.hpp"

#include <algorithm>
#include <utility>

namespace ocimux {
namespace {

Severity severity_of(std::string_view code, Strictness strictness) {
  if (strictness == Strictness::warnings_are_errors) return Severity::error;
  const auto& codes = verify_codes();
  const auto found = std::find_if(codes.begin(), codes.end(),
                                  [&](const VerifyCode& known) { return known.code == code; });
  return found == codes.end() ? Severity::error : found->severity;
}

}  // namespace

Spot Spot::below(std::string_view name) const {
  Spot spot = *this;
  spot.place += (place.empty() || name.empty() ? "" : " > ") + std::string(name);
  return spot;
}

// All messages of this library have this form; what has another one is what was found.
SaidAt said_by(std::string_view message, std::string hint) {
  constexpr std::string_view expected = "expected ";
  constexpr std::string_view found = ", found ";
  std::size_t begin = message.starts_with(expected) ? 0 : message.find(": expected ");
  if (begin == std::string_view::npos) {
    return {"", {"nothing wrong", std::string(message), std::move(hint)}};
  }
  SaidAt said{std::string(message.substr(0, begin)), {}};
  begin = message.find(expected, begin) + expected.size();
  const std::size_t middle = std::min(message.find(found, begin), message.size());
  said.said.expected = message.substr(begin, middle - begin);
  said.said.found =
      middle == message.size() ? "something else" : message.substr(middle + found.size());
  said.said.hint = std::move(hint);
  return said;
}

SaidAt said_by(const Error& error) { return said_by(error.what(), error.hint()); }

void Findings::add(const Spot& spot, std::string_view code, Said said, std::optional<Digest> digest,
                   std::size_t more) {
  const std::string key = std::string(code) + '\n' + (digest ? digest->string() : spot.place) +
                          '\n' + said.expected + '\n' + said.found;
  if (const auto known = known_.find(key); known != known_.end()) {
    if (digest) all_[known->second].finding.more += 1 + more;
    return;
  }
  const Severity severity = severity_of(code, strictness_);
  Count& count = counts_[severity];
  if (count.told == most_told) {
    ++count.untold;
    return;
  }
  ++count.told;
  known_.emplace(key, all_.size());
  all_.push_back({spot.order,
                  {.severity = severity,
                   .code = std::string(code),
                   .input = input_,
                   .place = spot.place,
                   .expected = std::move(said.expected),
                   .found = std::move(said.found),
                   .hint = std::move(said.hint),
                   .digest = std::move(digest),
                   .more = more,
                   .image = spot.image}});
}

void Findings::add(const Spot& spot, std::string_view code, const Error& error,
                   const std::optional<Digest>& digest) {
  SaidAt at = said_by(error);
  add(spot.below(at.where), code, std::move(at.said), digest);
}

// Of warnings the last one says it: they are no errors, however many there are.
void Findings::add_untold() {
  const Count errors = std::exchange(counts_[Severity::error], {});
  const Count warnings = std::exchange(counts_[Severity::warning], {});
  const auto last = std::find_if(all_.rbegin(), all_.rend(), [](const Kept& kept) {
    return kept.finding.severity == Severity::warning;
  });
  if (warnings.untold != 0) {
    last->finding.found += " (and " + std::to_string(warnings.untold) + " more warnings)";
  }
  if (errors.untold != 0) {
    add(Spot(), "limit-exceeded",
        {"at most " + std::to_string(most_told) + " errors in one input",
         std::to_string(errors.untold) + " more, which are not told"});
  }
}

std::vector<Finding> Findings::take() {
  std::stable_sort(all_.begin(), all_.end(),
                   [](const Kept& a, const Kept& b) { return a.order < b.order; });
  add_untold();
  std::vector<Finding> findings;
  findings.reserve(all_.size());
  for (Kept& kept : all_) findings.push_back(std::move(kept.finding));
  return findings;
}

}  // namespace ocimux
