#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/platform.hpp>

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

struct VerifyOptions {
  std::vector<MergeInput> inputs;  ///< as docs/cli.md describes references
  std::size_t jobs = 1;            ///< threads; the answer does not depend on it
  RegistryOptions registry = {};   ///< for inputs that a registry has (`docker://…`)
};

/// One image that was verified.
struct VerifiedImage {
  std::string origin;                      ///< the input it came from
  std::optional<Platform> platform = {};   ///< what merge would take it for
  std::size_t binaries = 0;                ///< executables that were looked at
  std::vector<std::string> findings = {};  ///< what is wrong: `expected …, found …`
  std::vector<std::string> warnings = {};  ///< what is right, but may surprise
};

struct Verification {
  std::vector<VerifiedImage> images;  ///< in the order of the inputs

  [[nodiscard]] std::size_t findings() const;
  [[nodiscard]] bool ok() const { return findings() == 0; }
};

/// Compares what is said of the platform of each image (by the caller, its descriptor, its config,
/// the name of its file) with what its binaries are for, of every layer, whose digests are checked
/// on the way. Reports every finding; throws for what cannot be read as an image at all.
Verification verify(const VerifyOptions& options, Progress& progress = silent_progress(),
                    const std::stop_token& stop = {});

}  // namespace ocimux
