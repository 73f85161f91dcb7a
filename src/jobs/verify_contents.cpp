#include "jobs/verify_contents.hpp"

#include "jobs/verify_paths.hpp"
#include "jobs/verify_types.hpp"

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

// What tars of layers must not have (image-spec, layer.md).

namespace ocimux {
namespace {

using Kind = TarMember::Kind;

// Of directories without entries; more are a way to need memory.
constexpr std::size_t most_implied = 4096;
constexpr std::size_t most_implied_an_entry = 32;  // beside these

bool is_special(std::string_view name) {
  return std::find(special_whiteouts.begin(), special_whiteouts.end(), name) !=
         special_whiteouts.end();
}

}  // namespace

std::vector<Said> shortened(std::vector<Said> all) {
  const std::size_t count = all.size();
  all.resize(std::min(count, LayerContents::most_remarks));
  if (!all.empty()) tell_rest(count, all.size(), all.back().found);
  return all;
}

void PathSet::sort() { std::sort(hashes_.begin(), hashes_.end()); }

bool PathSet::contains(std::string_view path) const {
  return std::binary_search(hashes_.begin(), hashes_.end(), hash(path));
}

bool PathSet::has_parent_of(std::string_view path) const {
  for (std::size_t at = path.rfind('/'); at != std::string_view::npos && at != 0;
       at = path.rfind('/', at - 1)) {
    if (contains(path.substr(0, at))) return true;
  }
  return false;
}

std::string dangling_link(const std::string& link, const std::string& target,
                          const PathSet& paths) {
  return in_quotes(link) + ", a link to " + in_quotes(target) + ", which " +
         (paths.contains(target) ? "comes later" : "is not there");
}

LayerContents::Place LayerContents::place_of(Kind kind) {
  if (kind == Kind::directory) return Place::directory;
  return kind == Kind::symlink ? Place::symlink : Place::other;
}

void LayerContents::remark(std::string_view code, Said said) {
  Count& count = counts_[code];
  ++count.all;
  const bool told = std::any_of(remarks_.begin(), remarks_.end(), [&](const LayerRemark& other) {
    return other.code == code && other.said.found == said.found;
  });
  if (told || count.told == most_remarks) return;
  ++count.told;
  remarks_.push_back({code, std::move(said)});
}

std::optional<std::string> LayerContents::path_of(std::string_view name, std::string_view what) {
  if (climbs(name)) {
    remark("path-escapes",
           {std::string(what) + " inside the layer", in_quotes(name) + ", which climbs with '..'",
            "do not unpack it: such a name could write outside the directory it is unpacked in"});
    return std::nullopt;
  }
  if (name.starts_with('/')) {
    remark("path-absolute", {std::string(what) + " without a '/' in front", in_quotes(name)});
  }
  return name_inside(name);
}

std::optional<std::string> LayerContents::add(const TarMember& member, Records records) {
  ++entries_;
  std::optional<std::string> path = path_of(member.path, "names");
  if (!path) return path;
  if (path->empty()) check_root(member.kind);
  if (auto said = odd_type(member, *path)) remark("member-type", std::move(*said));
  check_whiteout(*path);
  windows_.add(member, *path, records, entries_ <= most_entries);
  if (entries_ > most_entries) return path;
  check_above(*path);
  check_repeated(*path, place_of(member.kind));
  if (member.kind == Kind::hard_link) check_link(member, *path);
  if (member.kind == Kind::symlink) symlinks_.add(*path);
  paths_.add(*path);
  return path;
}

void LayerContents::check_root(Kind kind) {
  if (kind == Kind::directory) return;
  remark("layer-root", {"a directory as the root of a layer",
                        kind == Kind::symlink ? "a symlink" : "something else",
                        "do not unpack it: all else would be written where that leads"});
}

void LayerContents::check_whiteout(const std::string& path) {
  const std::string_view name = base_name(path);
  if (!name.starts_with(whiteout_prefix) || is_special(name)) return;
  const std::string_view rest = name.substr(whiteout_prefix.size());
  if (!rest.empty() && rest != "." && rest != ".." && !rest.starts_with(whiteout_prefix)) return;
  remark("whiteout-name",
         {"whiteouts of a name ('.wh.NAME')", in_quotes(path), "runtimes refuse such a layer"});
}

void LayerContents::check_repeated(const std::string& path, Place place) {
  const auto [there, fresh] =
      known_.try_emplace(std::hash<std::string_view>()(path), Known{second_hash(path), place});
  if (fresh || there->second.check != second_hash(path)) return;
  const Place before = std::exchange(there->second.place, place);
  const bool directory = place == Place::directory;
  if (directory && before == Place::implied_directory) return;
  remark(directory && before == place ? "duplicate-directory" : "duplicate-entry",
         {"each path once in a layer",
          in_quotes(path.empty() ? "." : path) + (before == Place::implied_directory
                                                      ? " behind what is in it as a directory"
                                                      : " again")});
}

// The directories above an entry are there, too, whether they have entries or not. Those above one
// that is known were looked at before.
void LayerContents::check_above(const std::string& path) {
  for (std::size_t end = path.rfind('/'); end != std::string::npos && end != 0;
       end = path.rfind('/', end - 1)) {
    const std::string_view above = std::string_view(path).substr(0, end);
    const std::uint64_t hash = std::hash<std::string_view>()(above);
    const std::uint64_t check = second_hash(above);
    if (const auto there = known_.find(hash); there != known_.end()) {
      if (there->second.check != check || there->second.place != Place::other) return;
      return remark("duplicate-entry", {"each path once in a layer",
                                        in_quotes(above) + ", which is no directory, and " +
                                            in_quotes(path) + " in it"});
    }
    if (implied_ >= std::min(most_entries, most_implied + entries_ * most_implied_an_entry)) {
      ++without_directories_;
      return;
    }
    ++implied_;
    known_.emplace(hash, Known{check, Place::implied_directory});
  }
}

void LayerContents::check_link(const TarMember& member, const std::string& path) {
  const std::optional<std::string> target = path_of(member.link_target, "targets of hard links");
  if (!target) return;
  if (base_name(*target).starts_with(whiteout_prefix)) {
    return remark("hard-link-target",
                  {"hard links to files", in_quotes(path) + ", a link to " + in_quotes(*target) +
                                              ", which is a whiteout"});
  }
  const auto there = known_.find(std::hash<std::string_view>()(*target));
  if (there != known_.end() && there->second.check == second_hash(*target) &&
      there->second.place != Place::implied_directory && *target != path) {
    if (there->second.place != Place::directory) return;
    return remark("hard-link-target",
                  {"hard links to files", in_quotes(path) + ", a link to " + in_quotes(*target) +
                                              ", which is a directory"});
  }
  if (link_bytes_ > most_link_bytes) return;
  constexpr std::size_t of_the_map = 128;  // what a pair of texts costs besides its characters
  if (open_links_.emplace(*target, path).second) {
    link_bytes_ += target->size() + path.size() + of_the_map;
  }
}

void LayerContents::end() {
  known_.clear();
  paths_.sort();
  symlinks_.sort();
  for (LayerRemark& remark : std::views::reverse(remarks_)) {
    const Count count = std::exchange(counts_[remark.code], {});
    tell_rest(count.all, count.told, remark.said.found);
  }
  windows_.end();
  if (entries_ > most_entries) {
    remarks_.push_back({"layer-entries",
                        {"at most " + std::to_string(most_entries) + " entries in a layer",
                         std::to_string(entries_) +
                             "; those beyond were not looked at for repeated paths and links"}});
  }
  if (without_directories_ != 0) {
    remarks_.push_back(
        {"layer-entries",
         {"about as many directories as entries in a layer",
          "a great many more; those above " + std::to_string(without_directories_) +
              " of its entries were not looked at for other entries that stand in their place"}});
  }
  if (link_bytes_ > most_link_bytes) {
    remarks_.push_back({"layer-entries",
                        {"at most " + std::to_string(most_link_bytes >> 20U) +
                             " MiB of hard links that lead out of the layer",
                         "more; those beyond were not looked at"}});
  }
}

std::vector<LayerRemark> LayerContents::take_remarks() { return std::move(remarks_); }

}  // namespace ocimux
