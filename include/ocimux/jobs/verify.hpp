#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/base/progress.hpp>
#include <ocimux/digest/digest.hpp>
#include <ocimux/jobs/merge.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/platform.hpp>

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// An error makes the content wrong; a warning says what may surprise.
enum class Severity { warning, error };

/// How far layers are looked into.
enum class VerifyDepth {
  whole,    ///< every byte is read
  shallow,  ///< documents are; of all other blobs only that they are there, and their size
};

enum class Strictness { as_found, warnings_are_errors };

struct VerifyOptions {
  std::vector<MergeInput> inputs;  ///< as docs/cli.md describes references
  std::size_t jobs = 1;            ///< threads; the answer does not depend on it
  RegistryOptions registry = {};   ///< for inputs that a registry has (`docker://…`)
  /// The platforms that each index must have, and those without one together; empty for any. An
  /// os.version is matched part by part: 10.0.20348 is 10.0.20348.1607, too; none is any.
  std::vector<Platform> expect = {};
  VerifyDepth depth = VerifyDepth::whole;
  Strictness strictness = Strictness::as_found;
};

/// One thing that is not as it should be: docs/verify.md.
struct Finding {
  Severity severity = Severity::error;
  std::string code;   ///< stable, one of verify_codes(): `blob-digest`
  std::string input;  ///< the reference it is in, as the caller wrote it
  std::string place;  ///< in the input: `main > linux/arm64 > layer 3`; empty for all of it
  std::string expected;
  std::string found;
  std::string hint = {};                  ///< what to do about it; empty for nothing
  std::optional<Digest> digest = {};      ///< of the blob it is about
  std::size_t more = 0;                   ///< further places that have the same blob
  std::optional<std::size_t> image = {};  ///< in the input's images, where it is about one
};

/// `error blob-digest: layout: main > linux/arm64 > layer 3 (and 9 more): expected …, found …`.
/// Text from inside of inputs stands there as it is.
std::string describe(const Finding& finding);

/// One image that was verified.
struct VerifiedImage {
  std::string place;                      ///< in its input: `main > linux/arm64`
  std::optional<Platform> platform = {};  ///< what merge would take it for
  std::optional<Digest> digest = {};      ///< of its manifest, where it has one
  std::size_t binaries = 0;               ///< executables that were looked at
};

/// One of the references that were given.
struct VerifiedInput {
  std::string name;  ///< as the caller wrote it
  /// `oci-layout`, `oci-archive`, `docker-archive`, `rootfs` or `registry`; empty where it could
  /// not be told.
  std::string kind = {};
  std::vector<VerifiedImage> images = {};
  std::vector<Finding> findings = {};  ///< in an order that depends on nothing but the input
  /// What kept it from being verified and says nothing of its content: it is not there, cannot be
  /// reached or read.
  std::optional<Error> failure = {};

  [[nodiscard]] std::size_t count(Severity severity) const;
};

struct Verification {
  std::vector<VerifiedInput> inputs;  ///< in the order they were given in

  [[nodiscard]] std::size_t count(Severity severity) const;
  /// No error was found, and every input could be verified.
  [[nodiscard]] bool ok() const;
};

/// A kind of finding. The meanings are in docs/verify.md.
struct VerifyCode {
  std::string_view code;
  Severity severity;
  /// What it belongs to: `documents`, `blobs`, `layers`, `platforms` or `names`.
  std::string_view check;
};

/// All that there are, in the order of docs/verify.md.
const std::vector<VerifyCode>& verify_codes();

/// Checks everything below each input: documents, blobs, layers and what is in them, platforms,
/// names. Reports all that it finds; what cannot be read as an image at all is a finding, too.
/// Throws Errc::invalid_argument for what is no reference, and Errc::cancelled.
Verification verify(const VerifyOptions& options, Progress& progress = silent_progress(),
                    const std::stop_token& stop = {});

}  // namespace ocimux
