#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/io/stream.hpp>
#include <ocimux/registry/registry_options.hpp>

#include "jobs/registry_input.hpp"
#include "jobs/verify_findings.hpp"
#include "source/read_images.hpp"

#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// A layout, in whatever form, as it is looked at by who trusts nothing of it.
struct OpenLayout {
  /// The text of its index.json; nothing where it has none that can be read.
  std::optional<std::string> index_text = {};
  /// Of a registry: what was asked for.
  std::vector<Descriptor> roots = {};
  /// A blob with its true size, whatever the descriptor says; nothing when it is not there. Throws
  /// Errc::corrupt for what is no regular file.
  std::function<std::optional<Body>(const Descriptor&)> find = {};
  /// Tells what is there beside the blobs that are reached.
  std::function<void(const std::set<Digest>& reached, const Spot& spot, Findings& findings)>
      tell_others = {};
  std::function<std::optional<std::int64_t>(const Digest&)> size_of =
      {};  ///< of a registry's layer
};

/// An input that was opened: a layout, or images without one, or nothing but findings.
struct OpenedInput {
  std::string kind = {};
  std::optional<OpenLayout> layout = {};
  std::vector<Image> images = {};
  std::shared_ptr<const File> rootfs = {};  ///< the tar of a root filesystem
};

/// Opens what @p reference names. What is wrong with its content goes to @p findings; throws what
/// says nothing of that (it is not there, cannot be reached or read). @p progress and @p stop must
/// outlive the answer.
OpenedInput open_for_verifying(const ImageReference& reference, const RegistryOptions& options,
                               Findings& findings, Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
