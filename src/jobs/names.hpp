#pragma once

#include <ocimux/spec/descriptor.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// A name that an image gets in index.json.
struct ImageName {
  std::string tag;        ///< `main`
  std::string full = {};  ///< `docker.io/velero/velero:main`; empty when only a tag was given

  /// Reads `main` or `[HOST[:PORT]/]REPO:TAG` (`:latest` when a repository comes without a tag).
  /// Throws Errc::invalid_argument, saying which rule was broken.
  static ImageName parse(std::string_view text);
  /// The name with `-suffix` behind its tag.
  [[nodiscard]] ImageName with_suffix(const std::string& suffix) const;
  /// The full name if there is one, else the tag.
  [[nodiscard]] const std::string& string() const { return full.empty() ? tag : full; }

  friend bool operator==(const ImageName&, const ImageName&) = default;
};

/// `<os>[-<Windows release>]-<arch>[-<variant>]`, as Velero's build names its tags; a Windows
/// build without a name goes by its os.version.
/// @p windows_name is how the build that made the image calls its release; empty for none.
std::string platform_suffix(const Platform& platform, const std::string& windows_name = {});

/// True when both cannot stand for different things; a bare tag and a full name with that tag are
/// the same.
bool is_same_name(const ImageName& a, const ImageName& b);

/// The name that a descriptor of index.json has, as it stands there: its tag may be no valid one.
/// Nothing for one without a name, or with a digest for a name.
std::optional<ImageName> name_of(const Descriptor& descriptor);

/// True when @p descriptor goes by @p name, as is_same_name() has it.
bool has_name(const Descriptor& descriptor, const ImageName& name);

/// @p descriptor as index.json has it under @p name.
Descriptor named(Descriptor descriptor, const ImageName& name);

}  // namespace ocimux
