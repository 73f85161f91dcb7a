#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace ocimux {

/// What a pax header says, the last value of each key (POSIX, pax).
using PaxRecords = std::map<std::string, std::string, std::less<>>;

/// Empty for none.
std::string_view value_of(const PaxRecords& records, std::string_view key);
bool has_any(const PaxRecords& records, std::initializer_list<std::string_view> keys);
/// None of them empty.
bool has_all(const PaxRecords& records, std::initializer_list<std::string_view> keys);

/// Whether Go's strconv.ParseInt takes @p text as a decimal number of 64 bits.
bool is_whole_number(std::string_view text);

/// Whether @p key says something about holes: GNU tar's keys, star's and Solaris'.
bool is_about_holes(std::string_view key);

/// Whether the records about holes are one of GNU tar's three forms as a whole, 0.0, 0.1 or 1.0
/// ("Storing Sparse Files" in its manual). libarchive takes each record for itself.
bool is_sparse_form(const PaxRecords& records);

}  // namespace ocimux
