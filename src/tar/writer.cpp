#include "tar/writer.hpp"

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace ocimux {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::array<std::byte, 2 * block_size> zeros{};

/// A place in the ustar header.
struct Field {
  std::size_t offset;
  std::size_t width;
};

constexpr Field name_field{0, 100};
constexpr Field mode_field{100, 8};
constexpr Field uid_field{108, 8};
constexpr Field gid_field{116, 8};
constexpr Field size_field{124, 12};
constexpr Field mtime_field{136, 12};
constexpr Field checksum_field{148, 8};
constexpr Field type_field{156, 1};
constexpr Field link_field{157, 100};
constexpr Field magic_field{257, 8};
constexpr Field major_field{329, 8};
constexpr Field minor_field{337, 8};
constexpr Field prefix_field{345, 155};

/// One ustar header, built up field by field.
class Header {
 public:
  void text(Field field, std::string_view value) {
    value.copy(bytes_.data() + field.offset, field.width);  // as much as fits
  }

  void number(Field field, std::int64_t value) {
    for (std::size_t i = field.width - 1; i-- > 0; value >>= 3) {
      bytes_[field.offset + i] = static_cast<char>('0' + (value & 7));
    }
  }

  Bytes sealed() {
    std::memset(bytes_.data() + checksum_field.offset, ' ', checksum_field.width);
    std::int64_t sum = 0;
    for (const char c : bytes_) sum += static_cast<unsigned char>(c);
    number({checksum_field.offset, checksum_field.width - 1}, sum);
    return std::as_bytes(std::span(bytes_));
  }

 private:
  std::array<char, block_size> bytes_{};
};

bool fits_number(std::int64_t value, Field field) {
  return value >= 0 && value < (std::int64_t{1} << (3 * (field.width - 1)));
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

struct SplitName {
  std::string_view prefix;
  std::string_view name;
  bool fits = false;
};

// ustar holds a long name as prefix and name, cut at a slash.
SplitName split(std::string_view path) {
  if (path.size() <= name_field.width) return {{}, path, true};
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    const std::string_view name = path.substr(slash + 1);
    if (slash > prefix_field.width) break;
    if (!name.empty() && name.size() <= name_field.width)
      return {path.substr(0, slash), name, true};
  }
  return {{}, path.substr(0, name_field.width), false};
}

std::string written_path(const TarMember& member) {
  const bool directory = member.kind == TarMember::Kind::directory;
  if (member.path.empty()) return "./";
  return directory ? member.path + "/" : member.path;
}

std::string decimal_time(std::int64_t seconds, std::int64_t nanoseconds) {
  if (nanoseconds == 0) return std::to_string(seconds);
  const bool negative = seconds < 0;  // then the fraction counts from the other side
  if (negative) {
    seconds = -seconds - 1;
    nanoseconds = 1'000'000'000 - nanoseconds;
  }
  const std::string text = (negative ? "-" : "") + std::to_string(seconds);
  std::string fraction = std::to_string(nanoseconds);
  fraction.insert(0, 9 - fraction.size(), '0');
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + "." + fraction;
}

char type_of(TarMember::Kind kind) {
  switch (kind) {
    case TarMember::Kind::regular: return '0';
    case TarMember::Kind::hard_link: return '1';
    case TarMember::Kind::symlink: return '2';
    case TarMember::Kind::character: return '3';
    case TarMember::Kind::block: return '4';
    case TarMember::Kind::directory: return '5';
    case TarMember::Kind::fifo: return '6';
  }
  return '0';
}

/// What of @p member does not fit in a ustar header.
std::map<std::string, std::string> pax_records(const TarMember& member, const std::string& path) {
  std::map<std::string, std::string> records;
  if (!split(path).fits || !is_ascii(path)) records["path"] = path;
  if (member.link_target.size() > link_field.width || !is_ascii(member.link_target)) {
    records["linkpath"] = member.link_target;
  }
  if (!fits_number(member.size, size_field)) records["size"] = std::to_string(member.size);
  if (!fits_number(member.uid, uid_field)) records["uid"] = std::to_string(member.uid);
  if (!fits_number(member.gid, gid_field)) records["gid"] = std::to_string(member.gid);
  if (!fits_number(member.mtime, mtime_field) || member.mtime_nanoseconds != 0) {
    records["mtime"] = decimal_time(member.mtime, member.mtime_nanoseconds);
  }
  for (const auto& [name, value] : member.xattrs) records["SCHILY.xattr." + name] = value;
  records.insert(member.records.begin(), member.records.end());
  return records;
}

// "LENGTH KEY=VALUE\n", where LENGTH counts itself.
std::string pax_record(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) {
    length = std::to_string(length).size() + rest.size();
  }
  return std::to_string(length) + rest;
}

Header basic_header(std::string_view path, char type, std::int64_t size) {
  Header header;
  const SplitName name = split(path);
  header.text(name_field, name.name);
  header.text(prefix_field, name.prefix);
  header.text(type_field, {&type, 1});
  header.text(magic_field, std::string_view("ustar\00000", 8));
  header.number(size_field, fits_number(size, size_field) ? size : 0);
  header.number(major_field, 0);
  header.number(minor_field, 0);
  return header;
}

}  // namespace

void TarWriter::begin(const TarMember& member) {
  end_member();
  const std::string path = written_path(member);
  std::string body;
  for (const auto& [key, value] : pax_records(member, path)) body += pax_record(key, value);
  if (!body.empty()) {
    const auto size = static_cast<std::int64_t>(body.size());
    Header pax =
        basic_header(("PaxHeaders.0/" + member.path).substr(0, name_field.width), 'x', size);
    pax.number(mode_field, 0644);
    pax.number(uid_field, 0);
    pax.number(gid_field, 0);
    pax.number(mtime_field, 0);
    to_.write(pax.sealed());
    left_ = size;
    padding_ = -size & static_cast<std::int64_t>(block_size - 1);
    content(as_bytes(body));
    end_member();
  }

  Header header = basic_header(path, type_of(member.kind), member.size);
  const auto or_zero = [](std::int64_t value, Field field) {
    return fits_number(value, field) ? value : 0;
  };
  header.text(link_field, member.link_target);
  header.number(mode_field, (member.mode & 07777U) | member.type_bits);
  header.number(uid_field, or_zero(member.uid, uid_field));
  header.number(gid_field, or_zero(member.gid, gid_field));
  header.number(mtime_field, or_zero(member.mtime, mtime_field));
  header.number(major_field, member.device_major);
  header.number(minor_field, member.device_minor);
  to_.write(header.sealed());
  left_ = member.size;
  padding_ = -member.size & static_cast<std::int64_t>(block_size - 1);
}

void TarWriter::content(Bytes bytes) {
  left_ -= static_cast<std::int64_t>(bytes.size());
  if (left_ < 0) throw Error(Errc::corrupt, "a member has more content than its size says");
  to_.write(bytes);
}

void TarWriter::end_member() {
  if (left_ != 0) throw Error(Errc::corrupt, "a member has less content than its size says");
  write_padding();
}

void TarWriter::write_padding() {
  if (padding_ != 0) to_.write(Bytes(zeros).first(static_cast<std::size_t>(padding_)));
  padding_ = 0;
}

void TarWriter::finish() {
  end_member();
  to_.write(zeros);
  to_.finish();
}

}  // namespace ocimux
