#include "tar/sparse_form.hpp"

#include <algorithm>

namespace ocimux {
namespace {

constexpr std::string_view star_size = "SCHILY.realsize";
constexpr std::string_view solaris_map = "SUN.holesdata";

/// Numbers that are told one behind the other.
class Numbers final {
 public:
  Numbers(std::string_view text, char behind) : rest_(text), behind_(behind) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  /// Nothing for one below 0 or none.
  std::optional<std::int64_t> take() {
    const std::string_view part = rest_.substr(0, rest_.find(behind_));
    rest_.remove_prefix(std::min(part.size() + 1, rest_.size()));
    const auto number = whole_number(part);
    return number && *number >= 0 ? number : std::nullopt;
  }

 private:
  std::string_view rest_;
  char behind_;
};

// As many pieces, offset and length in turn, none in the one before or behind the end, and all of
// them together as long as what is stored.
bool is_map(Numbers& map, std::optional<std::int64_t> count, std::optional<std::int64_t> whole,
            std::int64_t stored) {
  if (!count || !whole || *count < 0 || *whole < 0) return false;
  std::int64_t end = 0;
  for (std::int64_t piece = 0; piece < *count; ++piece) {
    const auto offset = map.take();
    const auto length = map.take();
    if (!offset || !length || *offset < end || *offset > *whole || *length > *whole - *offset) {
      return false;
    }
    end = *offset + *length;
    stored -= *length;
  }
  return stored == 0;
}

// The map stands in front of the content, in whole blocks.
bool is_form_1_0(const MemberHeaders& headers) {
  const PaxRecords& records = headers.pax.records;
  const std::string_view size = value_of(records, "GNU.sparse.realsize");
  if (value_of(records, "GNU.sparse.major") != "1" ||
      value_of(records, "GNU.sparse.minor") != "0" ||
      has_any(records, {"GNU.sparse.size", "GNU.sparse.map", "GNU.sparse.offset",
                        "GNU.sparse.numbytes", "GNU.sparse.numblocks", solaris_map}) ||
      (has_any(records, {star_size}) && value_of(records, star_size) != size)) {
    return false;
  }
  Numbers map(headers.behind, '\n');
  const auto count = map.take();
  return is_map(map, count, whole_number(size),
                headers.stored_size() - static_cast<std::int64_t>(headers.behind.size()));
}

// The map stands in one record, or (0.0) in many.
bool is_form_0(const MemberHeaders& headers) {
  const PaxRecords& records = headers.pax.records;
  const std::string_view major = value_of(records, "GNU.sparse.major");
  const std::string_view minor = value_of(records, "GNU.sparse.minor");
  const std::string_view one = value_of(records, "GNU.sparse.map");
  const bool version = major == "0" && (minor == "0" || minor == "1");
  if ((!version && has_any(records, {"GNU.sparse.major", "GNU.sparse.minor"})) ||
      has_any(records, {"GNU.sparse.realsize", star_size, solaris_map}) ||
      !headers.pax.pieces_in_turn || headers.pax.piece_numbers % 2 != 0 ||
      one.empty() == (headers.pax.piece_numbers == 0) || one.ends_with(',')) {
    return false;
  }
  Numbers map(one.empty() ? headers.pax.pieces : one, ',');
  return is_map(map, whole_number(value_of(records, "GNU.sparse.numblocks")),
                whole_number(value_of(records, "GNU.sparse.size")), headers.stored_size()) &&
         map.empty();
}

}  // namespace

bool is_sparse_form(const MemberHeaders& headers) {
  return headers.type() == '0' && (is_form_1_0(headers) || is_form_0(headers));
}

}  // namespace ocimux
