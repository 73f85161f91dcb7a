#include "source/rootfs.hpp"

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"
#include "source/file_name.hpp"
#include "source/rootfs_members.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace ocimux {
namespace {

// One tar may have versions of Windows in any number of names; each would be an image.
constexpr std::size_t most_platforms = 256;

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }

bool has_overlay_xattr(const TarMember& member) {
  return std::any_of(member.xattrs.begin(), member.xattrs.end(),
                     [](const auto& xattr) { return is_overlay_xattr(xattr.first); });
}

// BuildKit puts attestations that were asked for at the root: JSON files in in-toto's form.
bool is_attestation(const File& file, const TarMember& member, std::string_view path) {
  if (member.kind != TarMember::Kind::regular || member.sparse || !path.ends_with(".json") ||
      path.find('/') != std::string_view::npos) {
    return false;
  }
  std::array<std::byte, 1024> front{};
  const std::size_t count = file.read_at(front, member.data_offset);
  const std::string_view text = as_text(Bytes(front).first(count));
  return text.find("\"_type\"") != std::string_view::npos &&
         text.find("https://in-toto.io/Statement/") != std::string_view::npos;
}

// The content of a member, by position in it.
ReadAt content_of(const File& file, const TarMember& member) {
  return [&file, begin = member.data_offset, size = member.size](std::span<std::byte> into,
                                                                 std::int64_t offset) {
    const std::int64_t left = std::max<std::int64_t>(size - offset, 0);
    const auto count = std::min(into.size(), static_cast<std::size_t>(left));
    return file.read_at(into.first(count), begin + offset);
  };
}

void tell_left_out(const std::string& name, const RootfsImage& image, Progress& progress) {
  for (const std::string& path : image.left_out) {
    progress.note(name + ": '" + path +
                  "' is an attestation, no part of the root filesystem: " + "left out");
  }
}

}  // namespace

RootfsSurvey::RootfsSurvey(std::shared_ptr<const File> file) : file_(std::move(file)) {
  whole_.file = file_;
}

void RootfsSurvey::add(const TarMember& member, const ReadAt& front) {
  count(whole_, member, member.path, front);
  if (member.path.empty()) return;
  const std::string_view first = first_part(member.path);
  if (!all_platforms_) return;
  const auto [top, fresh] = tops_.try_emplace(std::string(first));
  if (fresh) {
    top->second.platform = platform_of_directory(first);
    top->second.image.file = file_;
    top->second.image.directory = first;
    top->second.image.rewrite = true;
  }
  if (!top->second.platform || tops_.size() > most_platforms) {
    all_platforms_ = false;  // one name that is no platform's, and the tar is one root
    tops_.clear();
    return;
  }
  if (member.path.size() == first.size()) {
    top->second.directory = member.kind == TarMember::Kind::directory;
  } else {
    count(top->second.image, member, std::string_view(member.path).substr(first.size() + 1), front);
  }
}

void RootfsSurvey::count(RootfsImage& image, const TarMember& member, std::string_view path,
                         const ReadAt& front) {
  ++image.entries;
  const std::string_view top = first_part(path);
  image.windows_files = image.windows_files || top == "Files";
  if (!top.empty() && top != "Files" && top != "Hives" && top != "UtilityVM") {
    image.other_names = true;
  }
  image.size += member.size + 512;
  image.newest_mtime = std::max(image.newest_mtime, member.mtime);
  image.newest_mtime_up =
      std::max(image.newest_mtime_up, member.mtime + (member.mtime_nanoseconds > 0 ? 1 : 0));
  if (member.sparse || member.odd_type || has_overlay_xattr(member)) image.rewrite = true;
  if (is_attestation(*file_, member, path)) {
    image.left_out.insert(member.path);
    image.rewrite = true;
    return;
  }
  image.programs.add(member, path_in_root(path),
                     member.sparse ? front : content_of(*file_, member));
}

// Every name at the top is a platform's directory: BuildKit's multi-platform form.
bool RootfsSurvey::is_split() const {
  return !tops_.empty() && all_platforms_ &&
         std::all_of(tops_.begin(), tops_.end(), [](const auto& top) {
           return top.second.directory && top.second.image.entries > 0;
         });
}

std::vector<Image> RootfsSurvey::images(const std::string& name, Progress& progress) {
  if (whole_.entries == 0) {
    throw Error(Errc::corrupt, "expected a root filesystem, found an archive without members");
  }
  std::vector<Image> images;
  if (is_split()) {
    for (auto& [directory, top] : tops_) {
      tell_left_out(name, top.image, progress);
      images.push_back({name + "/" + directory, top.platform, {}, std::move(top.image)});
    }
    return images;
  }
  if (!whole_.rewrite) whole_.size = file_->size();
  tell_left_out(name, whole_, progress);
  Image image{name, {}, {}, std::move(whole_)};
  if (auto named = platform_in_name(std::string_view(name).substr(name.rfind('/') + 1))) {
    image.name_platform = std::move(named->platform);
    image.windows_name = std::move(named->windows_name);
  }
  images.push_back(std::move(image));
  return images;
}

}  // namespace ocimux
