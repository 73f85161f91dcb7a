#pragma once

#include "source/image.hpp"
#include "tar/member.hpp"

#include <ocimux/base/progress.hpp>
#include <ocimux/io/stream.hpp>

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// What is below one name at the top of a tar.
struct RootfsTop {
  bool directory = false;
  std::optional<Platform> platform;  ///< what the name says, if it is a platform's
  RootfsImage image;
};

/// Gathers, while the headers of a tar pass by, all there is to know of it as a root filesystem.
class RootfsSurvey final {
 public:
  explicit RootfsSurvey(std::shared_ptr<const File> file);

  /// Reads no content but the front of files that may be attestations or executables; by position,
  /// or (of those with holes) by @p front, which reads that of the member.
  void add(const TarMember& member, const ReadAt& front);
  /// The root filesystems: one, or one for each of BuildKit's platform directories. Throws
  /// Errc::corrupt when there were no members. To be called once.
  std::vector<Image> images(const std::string& name, Progress& progress);

 private:
  void count(RootfsImage& image, const TarMember& member, std::string_view path,
             const ReadAt& front);
  [[nodiscard]] bool is_split() const;

  std::shared_ptr<const File> file_;
  RootfsImage whole_;
  std::map<std::string, RootfsTop> tops_;
  bool all_platforms_ = true;
};

/// Writes the layer of @p image and finishes @p to: the tar as it is, or written anew where it
/// must be (another root, members left out or stored with holes, times to be clamped).
/// @p latest, if given, is the latest time a member may have (SOURCE_DATE_EPOCH).
void write_layer(const RootfsImage& image, std::optional<std::int64_t> latest, Sink& to,
                 const std::stop_token& stop);

}  // namespace ocimux
