#include "compose/windows_layer.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ocimux {
namespace {

using Kind = TarMember::Kind;

constexpr std::uint32_t directory_bits = 040000;
constexpr std::uint32_t regular_bits = 0100000;

// FILE_ATTRIBUTE_DIRECTORY and FILE_ATTRIBUTE_ARCHIVE.
constexpr const char* directory_attributes = "16";
constexpr const char* file_attributes = "32";

// Self-relative security descriptors, in base64. Of directories, as SDDL:
// O:BAG:SYD:(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;;FA;;;BA)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)
// (A;CI;LC;;;BU)(A;CI;DC;;;BU)
constexpr const char* directory_security =
    "AQAEgBQAAAAkAAAAAAAAADAAAAABAgAAAAAABSAAAAAgAgAAAQEAAAAAAAUSAAAAAgCoAAcAAAAAAxgA/wEfAAECAAAA"
    "AAAFIAAAACACAAAAAxQA/wEfAAEBAAAAAAAFEgAAAAAAGAD/AR8AAQIAAAAAAAUgAAAAIAIAAAALFAAAAAAQAQEAAAAA"
    "AAMAAAAAAAMYAKkAEgABAgAAAAAABSAAAAAhAgAAAAIYAAQAAAABAgAAAAAABSAAAAAhAgAAAAIYAAIAAAABAgAAAAAA"
    "BSAAAAAhAgAA";
// Of files: O:BAG:SYD:(A;;FA;;;BA)(A;;FA;;;SY)(A;;0x1200a9;;;BU)
constexpr const char* file_security =
    "AQAEgBQAAAAkAAAAAAAAADAAAAABAgAAAAAABSAAAAAgAgAAAQEAAAAAAAUSAAAAAgBMAAMAAAAAABgA/wEfAAECAAAA"
    "AAAFIAAAACACAAAAABQA/wEfAAEBAAAAAAAFEgAAAAAAGACpABIAAQIAAAAAAAUgAAAAIQIAAA==";

// Decimal seconds, and nine digits behind a point if there is more to say.
std::string creation_time(const TarMember& member) {
  std::string text = std::to_string(member.mtime);
  if (member.mtime_nanoseconds == 0) return text;
  std::string fraction = std::to_string(member.mtime_nanoseconds);
  fraction.insert(0, 9 - fraction.size(), '0');
  return text + "." + fraction;
}

void add_records(TarMember& member) {
  member.xattrs.clear();  // Windows has none of these
  member.records["LIBARCHIVE.creationtime"] = creation_time(member);
  if (member.kind == Kind::directory) {
    member.type_bits = directory_bits;
    member.records["MSWINDOWS.fileattr"] = directory_attributes;
    member.records["MSWINDOWS.rawsd"] = directory_security;
  } else if (member.kind == Kind::regular) {
    member.type_bits = regular_bits;
    member.records["MSWINDOWS.fileattr"] = file_attributes;
    member.records["MSWINDOWS.rawsd"] = file_security;
  }
}

TarMember top(const char* name, std::int64_t mtime) {
  TarMember member;
  member.path = name;
  member.kind = Kind::directory;
  member.mtime = mtime;
  member.type_bits = directory_bits;
  member.records["LIBARCHIVE.creationtime"] = creation_time(member);
  member.records["MSWINDOWS.fileattr"] = directory_attributes;
  return member;
}

std::string folded(std::string_view path) { return FileTree(Names::folded).key(path); }

// Below Windows/, and not what Windows itself writes as it runs.
bool counts(const std::string& path) {
  constexpr std::array<std::string_view, 6> moving{
      "windows/system32/config/", "windows/system32/winevt/", "windows/logs/", "windows/temp/",
      "windows/prefetch/",        "windows/serviceprofiles/"};
  return path.starts_with("windows/") && !path.ends_with(".log") &&
         std::none_of(moving.begin(), moving.end(),
                      [&](std::string_view prefix) { return path.starts_with(prefix); });
}

}  // namespace

std::vector<TarMember> windows_members(std::vector<TarMember> members, std::int64_t mtime) {
  std::vector<TarMember> all{top("Hives", mtime), top("Files", mtime)};
  all.reserve(members.size() + 2);
  for (TarMember& member : members) {
    member.path.insert(0, "Files/");
    if (member.kind == Kind::hard_link) member.link_target.insert(0, "Files/");
    add_records(member);
    all.push_back(std::move(member));
  }
  return all;
}

bool BaseFit::fits() const {
  constexpr std::size_t few = 20;
  constexpr std::int64_t most_percent = 5;
  return changed.size() < few ||
         static_cast<std::int64_t>(changed.size()) * 100 <= files * most_percent;
}

BaseFit fit_of(const FileTree& base, const std::vector<std::string>& replaced) {
  BaseFit fit;
  for (const auto& place : base.places()) {
    const bool file = base.node(place.second).kind == Kind::regular;
    if (file && counts(place.first)) ++fit.files;
  }
  for (const std::string& path : replaced) {
    if (counts(folded(path))) fit.changed.push_back(path);
  }
  return fit;
}

}  // namespace ocimux
