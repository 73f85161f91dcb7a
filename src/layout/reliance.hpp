#pragma once

#include <ocimux/digest/digest.hpp>

#include "io/file.hpp"

#include <filesystem>
#include <optional>
#include <set>

namespace ocimux {

/// The blobs of a layout that a change relies on without having them gathered, written down in its
/// staging directory for whoever collects garbage meanwhile.
class RelianceJournal final {
 public:
  explicit RelianceJournal(const std::filesystem::path& staging);

  /// To be called before it is looked whether the blob is there: whoever moves it away reads the
  /// journal afterwards, and brings back what it names.
  void add(const Digest& digest) const;

 private:
  File file_;
};

/// What the change in @p staging relies on; nothing where that is not known (it just began, or an
/// ocimux without a journal made it, or it is closed to this user): it may be any blob.
std::optional<std::set<Digest>> read_reliance(const std::filesystem::path& staging);

/// What all changes at work in a layout rely on.
struct Reliance {
  bool on_any = false;  ///< it is not known, and may be any blob
  std::set<Digest> blobs = {};

  [[nodiscard]] bool on(const Digest& digest) const { return on_any || blobs.contains(digest); }
};

/// That of all that live in @p layout, but the one in the staging directory @p own.
Reliance read_reliance_in(const std::filesystem::path& layout, const std::filesystem::path& own);

}  // namespace ocimux
