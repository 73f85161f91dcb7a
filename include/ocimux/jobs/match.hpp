#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/descriptor.hpp>

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

struct MatchOptions {
  std::string reference;
  /// The node: a platform as Platform::parse() reads it. On Windows with its os.version; a variant
  /// that is left out is one the node did not find out.
  std::string node;
  /// `containerd`, an older one (`containerd:2.1`, `:1.7`, `:1.6`, `:1.5`), `docker`, `podman`;
  /// empty: every current one that runs such nodes.
  std::vector<std::string> runtimes = {};
  RegistryOptions registry = {};  ///< for a reference that a registry has (`docker://…`)
};

enum class MatchVerdict {
  chosen,
  fits,         ///< but another one comes first
  does_not_fit  ///< or is never looked at
};

/// One entry of the index, as a runtime sees it.
struct MatchCandidate {
  std::optional<Descriptor> manifest = {};  ///< as its index says it
  std::optional<Digest> config = {};        ///< of an image without a manifest (docker save)
  std::optional<Platform> platform = {};    ///< the descriptor's as it stands, else the config's
  bool attestation = false;
  std::optional<Digest> attests = {};  ///< the image an attestation speaks of
  MatchVerdict verdict = MatchVerdict::does_not_fit;
  std::string reason = {};
};

/// What an older version of the same runtime would choose.
struct OlderMatch {
  std::string runtime;
  std::string versions;
  std::optional<Digest> chosen = {};
  std::optional<Platform> platform = {};
};

struct RuntimeMatch {
  std::string runtime;   ///< as in MatchOptions
  std::string versions;  ///< which ones go by this rule; empty for all of today's
  /// The chosen one first, then those that fit in the runtime's order, then the others in the
  /// order of the index.
  std::vector<MatchCandidate> candidates = {};
  std::string message = {};  ///< what the runtime itself says when it finds nothing
  std::vector<std::string> notes = {};
  std::vector<OlderMatch> older = {};  ///< those versions that choose otherwise

  /// Null when the runtime finds nothing.
  [[nodiscard]] const MatchCandidate* chosen() const;
};

struct MatchResult {
  std::string name;  ///< of the input
  Platform node;     ///< normalized
  std::vector<RuntimeMatch> runtimes = {};
  std::string hint = {};  ///< what would help, if a runtime found nothing
};

/// Says which manifest of @p options.reference a node would run, by the rules of its runtime.
/// Throws Errc::invalid_argument for a node or runtime that is none, Errc::conflict when the
/// reference names several images or indexes, Errc::unsupported for a root filesystem.
MatchResult match(const MatchOptions& options, Progress& progress = silent_progress(),
                  const std::stop_token& stop = {});

}  // namespace ocimux
