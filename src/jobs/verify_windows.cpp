#include "jobs/verify_windows.hpp"

#include "jobs/verify_paths.hpp"

#include <functional>

namespace ocimux {
namespace {

using Kind = TarMember::Kind;

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('/')); }

bool is_windows_tree(std::string_view path) {
  return path.starts_with("Files/") || path.starts_with("UtilityVM/Files/");
}

}  // namespace

void WindowsContents::add(const TarMember& member, const std::string& path, Records records,
                          bool compare) {
  const std::string_view top = first_part(path);
  check_top(path);
  check_whiteout(path);
  if (member.kind == Kind::hard_link) check_link(member, path);
  // The utility VM is a copy of the one below, if there is one, in which all may be there already.
  if (compare && (top == "Files" || top == "Hives")) check_place(member.kind, path);
  if (top != "Files" || (member.kind != Kind::regular && member.kind != Kind::directory)) return;
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
  const std::string_view name = base_name(path);
  if (name == special_whiteouts.front()) {
    wrong("opaque", {"whiteouts by name in a layer of Windows",
                     in_quotes(path) + ", which it takes for one of '.wh..opq'"});
  } else if (name.starts_with(whiteout_prefix) && !is_windows_tree(path)) {
    wrong("whiteout", {"whiteouts below 'Files' in a layer of Windows", in_quotes(path)});
  }
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
                                           : " again, in other letters before")});
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
