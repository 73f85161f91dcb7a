#include <ocimux/jobs/verify.hpp>

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "jobs/decide_platform.hpp"
#include "jobs/image_programs.hpp"
#include "jobs/registry_input.hpp"

#include <numeric>

// Says what merge would say of the platforms of its inputs, of all of them, and writes nothing.

namespace ocimux {
namespace {

/// Keeps warnings.
class Warnings final : public Progress {
 public:
  Task begin(std::string_view, std::int64_t) override { return 0; }
  void advance(Task, std::int64_t) override {}
  void end(Task) override {}
  void note(std::string_view) override {}
  void warn(std::string_view text) override { all.emplace_back(text); }

  std::vector<std::string> all;
};

void examine(const Image& image, const std::optional<Platform>& said, const Programs& programs,
             VerifiedImage& verified) {
  PlatformTruth binaries(programs);
  if (!std::holds_alternative<RootfsImage>(image.content)) binaries.set_config(config_of(image));
  Warnings warnings;
  const PlatformDecision decision = decide_platform(image, {said, {}, {}, &binaries}, {}, warnings);
  verified.platform = decision.platform;
  verified.binaries = programs.size();
  verified.findings = decision.contradictions;
  if (auto lie = lie_about(binaries, decision)) verified.findings.push_back(std::move(*lie));
  verified.warnings = std::move(warnings.all);
  if (auto surprise = surprise_in(binaries, decision.platform)) {
    verified.warnings.push_back(std::move(*surprise));
  }
}

// What makes an input or an image no good, and leaves others to be looked at.
bool is_about_content(const Error& error) {
  return error.code() == Errc::corrupt || error.code() == Errc::conflict ||
         error.code() == Errc::unsupported || error.code() == Errc::invalid_argument;
}

/// What it is when something is not there.
enum class Lacking { failure, finding };

/// Calls @p work; what it throws of the content becomes a finding.
template <typename Work>
void find_out(std::vector<std::string>& findings, const Work& work,
              Lacking lacking = Lacking::failure) {
  try {
    work();
  } catch (const Error& error) {
    const bool lacks = lacking == Lacking::finding && error.code() == Errc::not_found;
    if (!is_about_content(error) && !lacks) throw;
    findings.emplace_back(error.what());
  }
}

void check_registries(const VerifyOptions& options) {
  std::vector<std::string> references;
  for (const MergeInput& input : options.inputs) references.push_back(input.reference);
  check_credentials(options.registry, references);
}

/// An input, or why it is none.
struct Opened {
  Input input = {};
  std::vector<std::string> findings = {};
};

/// What a registry has is still read from when the others are open, and @p all with it.
struct Stops {
  const std::stop_token& all;
  const std::stop_token& inner;
};

// Of a registry the document that was asked for must be there; what it names and is not there is
// a finding.
Opened open(const ImageReference& reference, const RegistryOptions& options, Progress& progress,
            const Stops& stops) {
  Opened opened;
  find_out(opened.findings, [&] {
    if (const auto* local = std::get_if<LocalReference>(&reference)) {
      opened.input = read_input(*local, progress, stops.inner);
      return;
    }
    ImageStore store = registry_store(std::get<Reference>(reference), options, progress, stops.all);
    find_out(
        opened.findings,
        [&] { opened.input = read_registry(std::move(store), progress, stops.all); },
        Lacking::finding);
  });
  return opened;
}

}  // namespace

std::size_t Verification::findings() const {
  return std::accumulate(
      images.begin(), images.end(), std::size_t{0},
      [](std::size_t sum, const VerifiedImage& image) { return sum + image.findings.size(); });
}

Verification verify(const VerifyOptions& options, Progress& progress, const std::stop_token& stop) {
  check_registries(options);
  std::vector<ImageReference> references;
  for (const MergeInput& input : options.inputs) {
    references.push_back(parse_reference(input.reference));
  }
  std::vector<Opened> opened(references.size());
  parallel_for(references.size(), options.jobs, stop, [&](std::size_t i, const auto& inner) {
    opened[i] = open(references[i], options.registry, progress, {stop, inner});
  });
  std::vector<Input> inputs;
  for (Opened& one : opened) inputs.push_back(std::move(one.input));
  const ImagePrograms programs(inputs, LookInto::whole, options.jobs, progress, stop);
  Verification verification;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!opened[i].findings.empty()) {
      verification.images.push_back({name_of(references[i]), {}, 0, opened[i].findings});
    }
    for (const Image& image : inputs[i].images) {
      if (std::holds_alternative<Attestation>(image.content)) continue;
      VerifiedImage& verified = verification.images.emplace_back(VerifiedImage{image.origin});
      find_out(
          verified.findings,
          [&] { examine(image, options.inputs[i].platform, programs.of(image), verified); },
          Lacking::finding);
    }
  }
  return verification;
}

}  // namespace ocimux
