#include "source/programs.hpp"

#include "spec/letter_case.hpp"
#include "spec/whiteout.hpp"
#include "spec/windows_version.hpp"
#include "tar/path.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>

namespace ocimux {
namespace {

// A tree with more than this is made to use up memory; what is beyond says nothing new.
constexpr std::size_t most_names = 100'000;
constexpr std::size_t most_bytes = std::size_t{64} << 20;  // of all names
constexpr std::size_t bytes_of_a_name = 64;                // beside its characters, about
constexpr std::size_t most_kinds = 256;
constexpr std::size_t shortest_executable = 45;  // a tiny ELF program made by hand

// These are renewed with every update of Windows, so the newest of them tells its revision.
constexpr std::array<std::string_view, 3> versioned{
    "windows/system32/ntdll.dll", "windows/system32/kernel32.dll", "windows/system32/ntoskrnl.exe"};

bool is_same_kind(const Executable& a, const Executable& b) {
  const auto all = [](const Executable& executable) {
    return std::tie(executable.format, executable.os, executable.architecture, executable.variant,
                    executable.machine, executable.program, executable.managed);
  };
  return all(a) == all(b);
}

// `C:\velero` as a path below the root: `velero`.
std::string from_windows(std::string_view path) {
  std::string text = lower(path);
  std::replace(text.begin(), text.end(), '\\', '/');
  if (text.size() > 1 && text[1] == ':') text.erase(0, 2);
  text.erase(0, std::min(text.find_first_not_of('/'), text.size()));
  return text;
}

}  // namespace

std::string_view path_in_root(std::string_view member_path) {
  constexpr std::string_view files = "Files/";
  return member_path.starts_with(files) ? member_path.substr(files.size()) : member_path;
}

void Programs::add(const TarMember& member, std::string_view path, const ReadAt& content) {
  const std::string_view name = base_name(path);
  hide(std::string(path), member.kind);
  if (name.starts_with(whiteout_prefix)) {
    if (!has_room(whiteouts_.size(), path.size())) return;
    whiteouts_.push_back(name == opaque_marker
                             ? std::string(parent_path(path)) + "/"
                             : joined_path(parent_path(path), name.substr(whiteout_prefix.size())));
  } else if (member.kind == TarMember::Kind::regular) {
    add_regular(member, std::string(path), content);
  } else if (has_room(links_.size(), path.size() + member.link_target.size())) {
    if (member.kind == TarMember::Kind::symlink) links_[std::string(path)] = member.link_target;
    if (member.kind == TarMember::Kind::hard_link) {
      links_[std::string(path)] = "/" + std::string(path_in_root(member.link_target));
    }
  }
}

// What comes later stands instead of what was there, in one archive and over the layers below.
void Programs::hide(const std::string& path, TarMember::Kind kind) {
  if (kind == TarMember::Kind::directory) {
    executables_.erase(path);
    links_.erase(path);
    return;
  }
  remove(path);
  if (has_room(hides_.size(), path.size())) hides_.push_back(path);
}

// What was there and is there no more counts, too.
bool Programs::has_room(std::size_t names, std::size_t bytes) {
  if (names >= most_names || bytes_ + bytes + bytes_of_a_name > most_bytes) return false;
  bytes_ += bytes + bytes_of_a_name;
  return true;
}

void Programs::add_regular(const TarMember& member, const std::string& path,
                           const ReadAt& content) {
  const auto least = static_cast<std::int64_t>(shortest_executable);
  if (member.size < least || executables_.size() >= most_names) return;
  std::array<std::byte, shortest_executable> front{};
  const std::size_t count = content(front, 0);
  if (!may_be_executable(Bytes(front).first(count))) return;
  const auto executable = read_executable(content, member.size);
  if (!executable) return;
  if (!has_room(executables_.size(), path.size())) return;
  if (const auto one = kind(*executable)) executables_[path] = *one;
  if (executable->format == Executable::Format::pe) {
    add_windows_version(path, content, member.size);
  }
}

void Programs::add_windows_version(const std::string& path, const ReadAt& content,
                                   std::int64_t size) {
  if (std::find(versioned.begin(), versioned.end(), lower(path)) == versioned.end()) return;
  if (auto version = pe_file_version(content, size)) versions_[path] = std::move(*version);
}

void Programs::put(const Programs& layer) {
  complete_ = complete_ && layer.complete_;
  for (const std::string& path : layer.whiteouts_) {
    if (path.ends_with('/')) {
      remove_below(path == "/" ? "" : path);
    } else {
      remove(path);
    }
  }
  for (const std::string& path : layer.hides_) remove(path);
  for (const auto& [path, kind_there] : layer.executables_) {
    remove(path);
    if (const auto one = kind(layer.kinds_[kind_there])) executables_[path] = *one;
  }
  for (const auto& [path, target] : layer.links_) {
    remove(path);
    links_[path] = target;
  }
  for (const auto& [path, version] : layer.versions_) versions_[path] = version;
}

void Programs::remove(const std::string& path) {
  executables_.erase(path);
  links_.erase(path);
  versions_.erase(path);
  remove_below(path + "/");
}

void Programs::remove_below(const std::string& directory) {
  const auto erase = [&](auto& map) {
    auto at = map.lower_bound(directory);
    while (at != map.end() && at->first.starts_with(directory)) at = map.erase(at);
  };
  erase(executables_);
  erase(links_);
  erase(versions_);
}

std::optional<Programs::Kind> Programs::kind(Executable executable) {
  executable.interpreter.clear();  // tells nothing that counts, and there may be many
  const auto known = std::find_if(kinds_.begin(), kinds_.end(), [&](const Executable& other) {
    return is_same_kind(other, executable);
  });
  if (known != kinds_.end()) return static_cast<Kind>(known - kinds_.begin());
  if (kinds_.size() >= most_kinds) return std::nullopt;
  kinds_.push_back(std::move(executable));
  return static_cast<Kind>(kinds_.size() - 1);
}

const Executable* Programs::at(const std::string& path) const {
  const auto found = executables_.find(path);
  return found == executables_.end() ? nullptr : &kinds_[found->second];
}

std::string Programs::resolved(std::string_view path) const {
  return follow_links(path,
                      [this](const std::string& at) {
                        const auto link = links_.find(at);
                        return link == links_.end() ? std::nullopt
                                                    : std::optional<std::string_view>(link->second);
                      })
      .value_or("");
}

const Executable* Programs::find(std::string_view path) const {
  if (const Executable* found = at(resolved(path))) return found;
  if (path.find('\\') == std::string_view::npos &&
      std::none_of(kinds_.begin(), kinds_.end(), [](const Executable& executable) {
        return executable.format == Executable::Format::pe;
      })) {
    return nullptr;
  }
  const std::string wanted = from_windows(path);
  const auto found = std::find_if(executables_.begin(), executables_.end(), [&](const auto& one) {
    const std::string name = lower(one.first);
    return name == wanted || name == wanted + ".exe";
  });
  return found == executables_.end() ? nullptr : &kinds_[found->second];
}

std::string Programs::windows_version() const {
  std::string newest;
  for (const auto& [path, version] : versions_) {
    if (compare_versions(version, newest) > 0) newest = version;
  }
  return newest;
}

void Programs::for_each(
    const std::function<void(const std::string&, const Executable&)>& visit) const {
  for (const auto& [path, kind_there] : executables_) visit(path, kinds_[kind_there]);
}

}  // namespace ocimux
