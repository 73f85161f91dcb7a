#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/base/progress.hpp>

#include "jobs/edit_index.hpp"
#include "jobs/edit_json.hpp"
#include "jobs/entry.hpp"
#include "jobs/ingest.hpp"

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace ocimux {

/// What becomes of an image whose platform a new one has.
enum class OldImages { stay, replaced };

/// Has new entries join an index. One that the index has already (the same manifest for the same
/// platform, with no annotation asked for that is not there) stays as it is.
class Joining final {
 public:
  Joining(Edit& edit, EditedIndex edited, const IngestOptions& how, Progress& progress);

  /// Takes out whom @p entries replace. Throws Errc::conflict for one that none may replace. What
  /// is in the way of an image whose manifest is not made yet may be that very image, and is no
  /// conflict until describe() has told.
  void make_room(const std::vector<Entry>& entries, OldImages images);

  /// Those of the index that @p entries are already.
  [[nodiscard]] std::vector<Descriptor> stayed(const std::vector<Entry>& entries) const;

  /// Puts in what is not there, each before the first one that comes behind it in merge's order.
  EditResult join(const std::vector<Entry>& entries, const AnnotationChanges& annotations);

 private:
  using Placed = std::pair<std::optional<Platform>, Json>;

  /// Null while its manifest is to be made.
  [[nodiscard]] const Digest* digest_of(const Entry& entry) const;
  [[nodiscard]] bool is_in_the_way(const Entry& entry, std::size_t place) const;
  [[nodiscard]] bool is_there(const Entry& entry, std::size_t place) const;
  [[nodiscard]] const Descriptor* find(const Entry& entry) const;
  [[nodiscard]] Error conflict(const Entry& entry, std::size_t place) const;
  [[nodiscard]] std::vector<Placed> left() const;

  Edit& edit_;
  EditedIndex edited_;
  IngestOptions how_;
  Progress& progress_;
  std::vector<std::optional<Platform>> platforms_;
  std::set<std::size_t> gone_;
};

}  // namespace ocimux
