#pragma once

#include <ocimux/io/stream.hpp>

#include "source/image.hpp"
#include "tar/member.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string_view>

namespace ocimux {

/// Turns members of a tar into those of a root filesystem's layer.
class RootfsMembers final {
 public:
  /// @p latest, if given, is the latest time a member may have (SOURCE_DATE_EPOCH). @p image must
  /// outlive this.
  RootfsMembers(const RootfsImage& image, std::optional<std::int64_t> latest)
      : image_(image), latest_(latest) {}

  /// Changes @p member: below the platform's directory moved up, overlay's bookkeeping left out,
  /// times clamped. False for what does not belong to the root filesystem.
  [[nodiscard]] bool apply(TarMember& member) const;

 private:
  [[nodiscard]] bool move_up(TarMember& member) const;

  const RootfsImage& image_;
  std::optional<std::int64_t> latest_;
};

/// True for overlay's own bookkeeping, which leaks from some exports and must not reach another
/// machine.
bool is_overlay_xattr(std::string_view name);

/// Writes the content of @p member, which a TarReader of @p file gave, by position, holes as
/// zeros; does not finish @p to. Any number of threads may do so at once.
void write_content(const std::shared_ptr<const File>& file, const TarMember& member, Sink& to,
                   const std::stop_token& stop);

}  // namespace ocimux
