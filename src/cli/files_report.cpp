#include "cli/files_report.hpp"

#include "cli/report_json.hpp"
#include "cli/text.hpp"
#include "registry/base64.hpp"
#include "spec/rfc3339.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace ocimux::cli {
namespace {

using Row = std::array<std::string, 6>;

constexpr std::size_t short_digest = 12;

std::string size_text(const FileEntry& entry) {
  if (entry.kind == FileKind::character || entry.kind == FileKind::block) {
    return std::to_string(entry.device_major) + "," + std::to_string(entry.device_minor);
  }
  return std::to_string(entry.size);
}

std::string target_text(const FileEntry& entry) {
  if (entry.kind == FileKind::symlink) return " -> " + printable(entry.link_target);
  return entry.hard_link_of.empty() ? "" : " = " + printable(entry.hard_link_of);
}

Row row_of(const FileEntry& entry) {
  return {mode_text(entry),
          std::to_string(entry.uid) + ":" + std::to_string(entry.gid),
          size_text(entry),
          entry.implied ? "-" : time_text(entry.mtime, 0),
          entry.digest ? std::string(entry.digest->encoded().substr(0, short_digest)) : "-",
          printable(entry.path) + target_text(entry)};
}

void print(const Row& row, const std::array<std::size_t, 6>& widths, std::ostream& out) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string space(i + 1 == row.size() ? 0 : widths[i] - row[i].size(), ' ');
    const bool number = i == 2;
    out << (number ? space + row[i] : row[i] + space) << (i + 1 == row.size() ? "\n" : "  ");
  }
}

void set_text(Json& json, const std::string& key, const std::string& text) {
  const std::string valid = valid_utf8(text);
  json.set(key, valid);
  if (valid != text) json.set(key + "Base64", base64_encode(text));
}

const char* json_kind(FileKind kind) {
  switch (kind) {
    case FileKind::character: return "characterDevice";
    case FileKind::block: return "blockDevice";
    default: return name_of(kind).data();
  }
}

}  // namespace

std::string mode_text(const FileEntry& entry) {
  constexpr std::string_view kinds = "-dlcbp";  // in the order of FileKind
  constexpr std::string_view all = "rwxrwxrwx";
  std::string text(1, kinds[static_cast<std::size_t>(entry.kind)]);
  for (std::size_t i = 0; i < all.size(); ++i) {
    text += (entry.mode & (0400U >> i)) != 0 ? all[i] : '-';
  }
  const auto special = [&](std::uint32_t bit, std::size_t at, char with_x, char without) {
    if ((entry.mode & bit) != 0) text[at] = text[at] == 'x' ? with_x : without;
  };
  special(04000, 3, 's', 'S');
  special(02000, 6, 's', 'S');
  special(01000, 9, 't', 'T');
  return text;
}

std::string octal_text(std::uint32_t mode) {
  std::string text;
  for (unsigned shift = 12; shift != 0;) {
    shift -= 3;
    text += static_cast<char>('0' + ((mode >> shift) & 7U));
  }
  return text;
}

std::string time_text(std::int64_t seconds, std::uint32_t nanoseconds) {
  constexpr std::int64_t year_1000 = -30'610'224'000;
  constexpr std::int64_t year_10000 = 253'402'300'800;
  if (seconds < year_1000 || seconds >= year_10000) return "@" + std::to_string(seconds);
  std::string text = rfc3339(seconds);
  if (nanoseconds == 0) return text;
  std::string fraction = std::to_string(1'000'000'000 + nanoseconds).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text.insert(text.size() - 1, "." + fraction);
}

Json file_json(const FileEntry& entry) {
  Json json = Json::object();
  set_text(json, "path", entry.path);
  json.set("kind", json_kind(entry.kind));
  json.set("mode", octal_text(entry.mode));
  json.set("uid", entry.uid);
  json.set("gid", entry.gid);
  if (entry.kind == FileKind::regular) json.set("size", entry.size);
  if (entry.implied) {
    json.set("implied", true);
  } else {
    json.set("mtime", time_text(entry.mtime, entry.mtime_nanoseconds));
  }
  if (entry.digest) json.set("digest", entry.digest->string());
  if (entry.kind == FileKind::symlink) set_text(json, "target", entry.link_target);
  if (!entry.hard_link_of.empty()) set_text(json, "hardLinkOf", entry.hard_link_of);
  if (entry.kind == FileKind::character || entry.kind == FileKind::block) {
    json.set("device",
             std::to_string(entry.device_major) + "," + std::to_string(entry.device_minor));
  }
  if (entry.xattrs.empty()) return json;
  Json::Object xattrs;
  for (const auto& [name, value] : entry.xattrs) {
    xattrs.emplace_back(valid_utf8(name), base64_encode(value));
  }
  json.set("xattrs", std::move(xattrs));
  return json;
}

void print_files_table(const ImageFiles& files, std::ostream& out) {
  const Row heading{"MODE", "OWNER", "SIZE", "MODIFIED", "SHA256", "PATH"};
  std::array<std::size_t, 6> widths{};
  const auto widen = [&](const Row& row) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  };
  widen(heading);
  for (const FileEntry& entry : files.entries) widen(row_of(entry));
  print(heading, widths, out);
  for (const FileEntry& entry : files.entries) print(row_of(entry), widths, out);
}

void print_files_json(const ImageFiles& files, std::ostream& out) {
  Json head = Json::object();
  head.set("image", valid_utf8(files.name));
  if (files.platform) head.set("platform", platform_json(*files.platform));
  if (files.manifest) head.set("digest", files.manifest->string());
  std::string text = head.dump();
  text.pop_back();
  out << text << ",\"files\":[";
  const char* between = "\n";
  for (const FileEntry& entry : files.entries) {
    out << between << file_json(entry).dump();
    between = ",\n";
  }
  out << "\n]}\n";
}

}  // namespace ocimux::cli
