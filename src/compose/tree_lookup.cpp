#include "compose/tree_lookup.hpp"

#include <ocimux/base/error.hpp>

#include "tar/path.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace ocimux {
namespace {

constexpr int most_links = 40;  // as Linux has it

bool is_drive(std::string_view path) {
  return path.size() >= 2 && (path[0] == 'C' || path[0] == 'c') && path[1] == ':' &&
         (path.size() == 2 || path[2] == '/');
}

// With slashes, and one in front for what begins at the root of the drive.
std::string from_windows(std::string_view path) {
  std::string text(path);
  std::replace(text.begin(), text.end(), '\\', '/');
  for (const std::string_view prefix : {"//?/", "/?\?/"}) {
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
  }
  if (is_drive(text)) text.replace(0, 2, "/");
  return text;
}

// How many letters have to be changed, added or left out to make one of the other (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto same = std::tolower(static_cast<unsigned char>(a[i])) ==
                        std::tolower(static_cast<unsigned char>(b[j]));
      const std::size_t changed = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

/// One walk along a path.
class Walk {
 public:
  Walk(const FileTree& tree, std::string_view path, LinkAtEnd last)
      : tree_(tree), last_(last), asked_(path) {
    go_on(path);
  }

  std::string end() {
    while (!rest_.empty()) step();
    return tree_.key(here_);
  }

 private:
  // Puts @p path in front of what is left to go.
  void go_on(std::string_view path) {
    std::string text = tree_.names() == Names::folded ? from_windows(path) : std::string(path);
    if (text.starts_with('/')) here_.clear();
    if (text.ends_with('/')) text += '.';  // only a directory has one
    rest_ = rest_.empty() ? std::move(text) : text + "/" + rest_;
  }

  void step() {
    const std::size_t slash = std::min(rest_.find('/'), rest_.size());
    const std::string part = rest_.substr(0, slash);
    rest_.erase(0, std::min(slash + 1, rest_.size()));
    if (part.empty()) return;
    const Node* above = tree_.find(tree_.key(here_));
    if (above != nullptr && !above->is_directory()) {
      throw Error(Errc::not_found, where() + "expected a directory, found another kind of file");
    }
    if (part == ".") return;
    if (part == "..") {
      here_ = parent_path(here_);
      return;
    }
    enter(part);
  }

  void enter(const std::string& part) {
    const std::string path = here_.empty() ? part : here_ + "/" + part;
    const Node* there = tree_.find(tree_.key(path));
    if (there == nullptr) throw nothing(part);
    const bool at_end = rest_.empty() && last_ == LinkAtEnd::kept;
    if (there->kind != Node::Kind::symlink || at_end) {
      here_ = path;
      return;
    }
    if (++followed_ > most_links) {
      throw Error(Errc::corrupt, "'" + asked_ + "': expected a path, found a circle of links");
    }
    if (there->link_target().empty()) throw nothing(part);
    go_on(there->link_target());
  }

  // What was asked for, and how far that leads.
  [[nodiscard]] std::string where() const {
    const std::string led = "/" + here_;
    return "'" + asked_ + "'" + (led == asked_ ? std::string() : " (at '" + led + "')") + ": ";
  }

  [[nodiscard]] Error nothing(const std::string& part) const {
    std::string hint;
    for (const std::string& name : similar_names(tree_, tree_.key(here_), part)) {
      hint += (hint.empty() ? "there is '" : ", '") + name + "'";
    }
    return {Errc::not_found,
            "expected '" + asked_ + "', found no '" + part + "' in '/" + here_ + "'", hint};
  }

  const FileTree& tree_;
  LinkAtEnd last_;
  std::string asked_;
  std::string here_;
  std::string rest_;
  int followed_ = 0;
};

}  // namespace

std::string look_up(const FileTree& tree, std::string_view path, LinkAtEnd last) {
  return Walk(tree, path, last).end();
}

std::vector<std::string> similar_names(const FileTree& tree, std::string_view key,
                                       std::string_view name) {
  constexpr std::size_t most = 3;
  constexpr std::size_t longest = 255;  // that a file system takes
  const std::string prefix = key.empty() ? std::string() : std::string(key) + "/";
  std::vector<std::pair<std::size_t, std::string>> found;
  for (auto at = tree.places().upper_bound(prefix);
       at != tree.places().end() && at->first.starts_with(prefix); ++at) {
    const std::string_view path = FileTree::spelled(*at);
    if (path.find('/', prefix.size()) != std::string_view::npos) continue;
    const std::string_view one = path.substr(prefix.size());
    if (one.size() > longest || name.size() > longest) continue;
    const std::size_t apart = distance(one, name);
    if (apart <= std::max<std::size_t>(2, name.size() / 3)) found.emplace_back(apart, one);
  }
  std::sort(found.begin(), found.end());
  found.resize(std::min(found.size(), most));
  std::vector<std::string> names;
  for (auto& [apart, one] : found) names.push_back(std::move(one));
  return names;
}

}  // namespace ocimux
