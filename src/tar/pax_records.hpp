#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// The last value of each key (POSIX, pax).
using PaxRecords = std::map<std::string, std::string, std::less<>>;

/// Empty for none.
std::string_view value_of(const PaxRecords& records, std::string_view key);
bool has_any(const PaxRecords& records, std::initializer_list<std::string_view> keys);

/// @p text as a decimal number of 64 bits. Without a plus, with which libarchive reads 0.
std::optional<std::int64_t> whole_number(std::string_view text);

/// What a pax header says.
struct PaxHeader {
  PaxRecords records = {};
  std::string nul_in = {};  ///< the key of a name with a NUL in it
  /// The map of holes that records of pieces make (GNU tar's form 0.0), as one record has it (0.1).
  std::string pieces = {};
  std::size_t piece_numbers = 0;  ///< how many there are in it
  bool pieces_in_turn = true;     ///< offset and length

  /// Takes what stands in a header of it. Throws Errc::corrupt for what Go takes for no records.
  void add(std::string_view text);
  /// Whether anything is said about holes: by GNU tar's keys, star's or Solaris'.
  [[nodiscard]] bool is_about_holes() const;

 private:
  void add_piece(bool offset, std::string_view value);
};

}  // namespace ocimux
