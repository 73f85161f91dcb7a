#pragma once

#include <ocimux/digest/digest.hpp>

#include "layout/staging.hpp"

#include <filesystem>
#include <set>

namespace ocimux {

/// Blobs moved out of a layout, to be brought back or to go with this object. Should the process be
/// killed, they are brought back by whoever cleans up after it.
class Trash final {
 public:
  explicit Trash(std::filesystem::path layout);

  void take(const Digest& digest);
  /// What came back is there also after a loss of power, once this is over.
  void give_back(const std::set<Digest>& digests);
  void give_all_back() noexcept;

  [[nodiscard]] const std::filesystem::path& path() const { return staging_.path(); }

 private:
  std::filesystem::path layout_;
  Staging staging_;
};

/// Brings back what is in the trash of the staging directory @p staging, if it has one, into the
/// layout @p layout. What cannot be brought back, or has no digest for a name, stays in the trash,
/// which goes with the staging directory.
void restore_trash(const std::filesystem::path& staging,
                   const std::filesystem::path& layout) noexcept;

}  // namespace ocimux
