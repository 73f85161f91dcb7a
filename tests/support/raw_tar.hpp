#pragma once

#include <string>
#include <utility>
#include <vector>

// Parts of tar archives that no program writes so.

namespace ocimux::test {

/// A header of GNU tar's format without content, of any @p type.
std::string raw_header(const std::string& name, char type, std::size_t size);

/// @p content, filled up with zeros to whole blocks.
std::string padded(std::string content);

/// The header of a file, and its content.
std::string raw_file(const std::string& name, const std::string& content);

/// A pax header with these records, of type `x` or another @p type.
std::string pax_header(const std::vector<std::pair<std::string, std::string>>& records,
                       char type = 'x');

/// A long name (@p type `L`) or target of a link (`K`) in GNU tar's way.
std::string long_name(const std::string& name, char type = 'L');

/// The blocks that end an archive.
std::string end_of_tar();

}  // namespace ocimux::test
