#include "jobs/verify_windows.hpp"

#include "jobs/verify_paths.hpp"

#include <algorithm>
#include <functional>

namespace ocimux {
namespace {

using Kind = TarMember::Kind;

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }

constexpr std::string_view bad_in_names = "<>\"\\|?*";

bool is_stream(std::string_view path) {
  return base_name(path).find(':') != std::string_view::npos;
}

bool is_windows_tree(std::string_view path) {
  return path.starts_with("Files/") || path.starts_with("UtilityVM/Files/");
}

}  // namespace

void WindowsContents::add(const TarMember& member, const std::string& path, Records records,
                          bool compare) {
  const std::string_view top = first_part(path);
  const bool whiteout = base_name(path).starts_with(whiteout_prefix);
  if (is_stream(path)) return check_stream(member.kind, path);
  check_top(path);
  last_ = whiteout || member.kind == Kind::hard_link ? std::string() : path;
  check_name(path);
  if (whiteout) check_whiteout(path);
  if (member.kind == Kind::hard_link) check_link(member, path);
  // The utility VM is a copy of the one below, if there is one, in which all may be there already.
  if (compare && (top == "Files" || top == "Hives")) check_place(member.kind, path);
  if (whiteout || top != "Files" ||
      (member.kind != Kind::regular && member.kind != Kind::directory))
    return;
  ++form_.entries;
  if (records == Records::missing) ++form_.without_records;
}

void WindowsContents::check_top(const std::string& path) {
  const std::string_view top = first_part(path);
  if (top == "Files" || top == "Hives" || top == "UtilityVM" || path.empty()) return;
  wrong("top", {"nothing but 'Files', 'Hives' and 'UtilityVM' at the top of a layer of Windows",
                in_quotes(path),
                "Windows does not run such an image; ocimux merge makes a layer in its form of a "
                "root filesystem tar"});
}

void WindowsContents::check_whiteout(const std::string& path) {
  form_.whiteout = form_.whiteout.empty() ? path : form_.whiteout;
  const std::string_view name = base_name(path);
  if (name == special_whiteouts.front()) {
    wrong("opaque", {"whiteouts by name in a layer of Windows",
                     in_quotes(path) + ", which it takes for one of '.wh..opq'"});
  } else if (!is_windows_tree(path)) {
    wrong("whiteout", {"whiteouts below 'Files' in a layer of Windows", in_quotes(path)});
  }
}

// What stands behind a file under its name, a colon and more is one of its alternate data streams:
// go-winio (backuptar) writes all that follow at once into the file.
void WindowsContents::check_stream(Kind kind, const std::string& path) {
  const std::string_view file =
      std::string_view(path).substr(0, path.rfind('/') + 1 + base_name(path).find(':'));
  if (kind == Kind::regular && file == last_) return;
  wrong("stream", {"streams of a file (FILE:STREAM) right behind it in a layer of Windows",
                   in_quotes(path) + (last_.empty() ? "" : " behind " + in_quotes(last_)),
                   "a name with a colon is no file's there"});
}

void WindowsContents::check_name(const std::string& path) {
  const std::string_view name = base_name(path);
  const auto bad = std::find_if(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || bad_in_names.find(c) != std::string_view::npos;
  });
  if (bad == name.end()) return;
  wrong("name",
        {"names that Windows takes in a layer of it", in_quotes(path),
         "Windows has no names with control characters or any of " + std::string(bad_in_names)});
}

void WindowsContents::check_link(const TarMember& member, const std::string& path) {
  if (climbs(member.link_target)) return;
  if (is_windows_tree(path) && is_windows_tree(name_inside(member.link_target))) return;
  wrong("link", {"hard links from and to what is below 'Files' in a layer of Windows",
                 in_quotes(path) + ", a link to " + in_quotes(member.link_target)});
}

// Windows makes each entry anew, in the directory that is above it then: it fails where the entry
// is there, in whatever case, and where that directory is not. (Whiteouts and hard links are done
// later, in layers above the first.)
void WindowsContents::check_place(Kind kind, const std::string& path) {
  if (base_name(path).starts_with(whiteout_prefix)) return;
  const std::hash<std::string_view> hash;
  const std::string key = names_.key(path);
  const Known known{second_hash(key), hash(path), kind == Kind::directory};
  const auto [there, fresh] = known_.try_emplace(hash(key), known);
  if (!fresh && there->second.check == known.check) {
    wrong("twice", {"each path once in a layer of Windows, to which upper and lower case are one",
                    in_quotes(path) + (there->second.spelling == known.spelling
                                           ? " again"
                                           : " again, in other letters before"),
                    "Windows has one file of all spellings of a name: leave one"});
  }
  const std::string_view above = parent_path(key);
  if (kind == Kind::hard_link || above.empty()) return;
  const auto parent = known_.find(hash(above));
  if (parent != known_.end() && parent->second.check == second_hash(above)) {
    if (parent->second.directory) return;
    return wrong("parent", {"entries below directories in a layer of Windows",
                            in_quotes(path) + " below " + in_quotes(parent_path(path)) +
                                ", which is no directory"});
  }
  wrong("parent", {"an entry for each directory in a layer of Windows, before what is in it",
                   in_quotes(path) + " without one of " + in_quotes(parent_path(path)),
                   "Windows makes no directories by itself: have the program that makes the layer "
                   "write each before what is in it"});
}

// One of a kind says it: what is wrong is the layer.
void WindowsContents::wrong(std::string_view kind, Said said) {
  ++wrong_.try_emplace(kind, std::pair(std::move(said), std::size_t{0})).first->second.second;
}

void WindowsContents::end() {
  known_.clear();
  for (auto& [kind, wrong] : wrong_) {
    tell_rest(wrong.second, 1, wrong.first.found);
    form_.wrong.push_back(std::move(wrong.first));
  }
}

}  // namespace ocimux
