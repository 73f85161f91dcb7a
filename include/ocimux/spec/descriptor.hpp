#pragma once

#include <ocimux/digest/digest.hpp>
#include <ocimux/spec/annotations.hpp>
#include <ocimux/spec/platform.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace ocimux {

/// What one document says of a blob: image-spec, descriptor.md.
struct Descriptor {
  std::string media_type;
  Digest digest;
  std::int64_t size = 0;  ///< in bytes, never negative
  std::optional<Platform> platform = {};
  Annotations annotations = {};
  /// Members ocimux has no name for (urls, data, artifactType, …), as the text of a JSON object;
  /// empty for none. They are written again as they were read.
  std::string others = {};
  /// The same of its platform (features, …), beside that: who compares platforms asks what they
  /// have a name for.
  std::string platform_others = {};
};

/// Throws Errc::corrupt, naming the digest and both sizes.
[[noreturn]] void throw_wrong_size(const Digest& digest, std::int64_t expected, std::int64_t found);

}  // namespace ocimux
