// Random trees: a base in random layers, and over it the difference to another tree, must be that
// tree. The model is a map of paths that knows nothing of how the code under test works: layers
// are made from it with whiteouts and opaque markers, and put together again by it.

#include "trees.hpp"

#include "compose/windows_layer.hpp"

#include "support/tar_members.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace ocimux {
namespace {

using test::TarBuilder;

/// A file as the model has it; paths that share one are hard links of each other.
struct File {
  char type = '0';
  std::string content = {};
  std::string link = {};
  unsigned mode = 0644;
  int uid = 0;
  int gid = 0;
  int minor = 0;
  std::string capability = {};
  std::int64_t mtime = 1;
};

using Model = std::map<std::string, std::shared_ptr<File>>;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }

 private:
  std::mt19937 engine_;
};

std::string above(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

void remove(Model& model, const std::string& path) {
  model.erase(path);
  std::erase_if(model, [&](const auto& item) { return item.first.starts_with(path + "/"); });
}

std::shared_ptr<File> random_file(Dice& dice) {
  auto file = std::make_shared<File>();
  file->type = "000000022553467"[dice.below(14)];
  file->mode = dice.one_in(3) ? 04755 : 0640 + static_cast<unsigned>(dice.below(8));
  file->uid = dice.below(3);
  file->gid = dice.below(2) * 70000;
  file->mtime = dice.below(1000);
  if (file->type == '0') {
    // Often of one size, so that only the content tells them apart; sometimes empty.
    file->content = std::string(static_cast<std::size_t>(dice.below(3)) * 700,
                                static_cast<char>('a' + dice.below(3)));
    if (dice.one_in(4)) file->capability = std::string("\1\0\0\2", 4) + char('a' + dice.below(2));
  }
  if (file->type == '2') {
    file->link = dice.one_in(2) ? "/usr/lib" : "../" + std::string(1, char('a' + dice.below(3)));
    file->mode = 0777;
  }
  if (file->type == '3' || file->type == '4') file->minor = dice.below(3);
  return file;
}

std::string random_directory(const Model& model, Dice& dice) {
  std::vector<std::string> all{""};
  for (const auto& [path, file] : model) {
    if (file->type == '5') all.push_back(path);
  }
  return all[static_cast<std::size_t>(dice.below(static_cast<int>(all.size())))];
}

// Names that sort before, at and behind a slash, and directly behind a directory of that name.
std::string random_name(Dice& dice) {
  static const std::vector<std::string> names{"a", "a-", "a.b", "a b", "b", "c0", "d d", "a:s"};
  return names[static_cast<std::size_t>(dice.below(static_cast<int>(names.size())))];
}

std::string random_path(const Model& model, Dice& dice) {
  auto at = model.begin();
  std::advance(at, dice.below(static_cast<int>(model.size())));
  return at->first;
}

void change(Model& model, Dice& dice) {
  const int what = dice.below(10);
  if (model.empty() || what < 5) {
    const std::string directory = random_directory(model, dice);
    const std::string path = (directory.empty() ? "" : directory + "/") + random_name(dice);
    const auto file = random_file(dice);
    const auto there = model.find(path);
    const bool both = there != model.end() && there->second->type == '5' && file->type == '5';
    if (!both) remove(model, path);
    model[path] = file;
    return;
  }
  const std::string path = random_path(model, dice);
  const auto file = model[path];
  if (what < 7) {
    remove(model, path);
  } else if (what == 7 && file->type != '5') {
    const std::string directory = random_directory(model, dice);
    const std::string other = (directory.empty() ? "" : directory + "/") + random_name(dice);
    if (other == path || path.starts_with(other + "/")) return;
    remove(model, other);
    model[other] = file;
  } else if (what == 8 && file->type == '0') {
    auto changed = std::make_shared<File>(*file);  // through all of its paths
    if (!changed->content.empty()) changed->content[0] = static_cast<char>('a' + dice.below(3));
    for (auto& item : model) {
      if (item.second == file) item.second = changed;
    }
  } else {
    auto changed = std::make_shared<File>(*file);
    changed->mtime += 1;
    if (dice.one_in(2)) changed->uid = dice.below(3);
    model[path] = changed;  // a hard link less, if it was one
  }
}

Model random_tree(Dice& dice, int changes) {
  Model model;
  for (int i = 0; i < changes; ++i) change(model, dice);
  return model;
}

TarBuilder::Entry entry(const std::string& path, const File& file) {
  TarBuilder::Entry out{.path = path, .type = file.type, .content = file.content};
  out.link = file.link;
  out.mode = file.mode;
  out.uid = file.uid;
  out.gid = file.gid;
  out.mtime = file.mtime;
  out.major = file.type == '3' || file.type == '4' ? 1 : 0;
  out.minor = file.minor;
  if (!file.capability.empty()) out.xattrs["security.capability"] = file.capability;
  return out;
}

std::string tar_of(const Model& model) {
  TarBuilder builder;
  std::map<const File*, std::string> written;
  for (const auto& [path, file] : model) {
    const auto [first, fresh] = written.emplace(file.get(), path);
    fresh ? builder.add(entry(path, *file)) : builder.hard_link(path, first->second);
  }
  return builder.bytes();
}

/// A layer that makes @p to out of @p from: some paths that need not be in it are in it, some
/// directories are emptied by an opaque marker and filled again, the order is a random one.
std::string random_layer(const Model& from, const Model& to, Dice& dice) {
  std::set<std::string> emptied;
  for (const auto& [path, file] : to) {
    const auto there = from.find(path);
    if (file->type == '5' && there != from.end() && there->second->type == '5' && dice.one_in(8)) {
      emptied.insert(path);
    }
  }
  const auto is_emptied = [&](std::string path) {
    while (!(path = above(path)).empty()) {
      if (emptied.contains(path)) return true;
    }
    return false;
  };
  std::map<const File*, std::set<std::string>> groups;
  std::map<const File*, std::set<std::string>> groups_before;
  for (const auto& [path, file] : to) groups[file.get()].insert(path);
  for (const auto& [path, file] : from) groups_before[file.get()].insert(path);
  std::set<const File*> needed;
  for (const auto& [path, file] : to) {
    const auto there = from.find(path);
    const bool kept = there != from.end() && there->second == file && !is_emptied(path) &&
                      groups_before[file.get()] == groups[file.get()];
    if (!kept || emptied.contains(path) || dice.one_in(10)) needed.insert(file.get());
  }
  std::vector<TarBuilder::Entry> whiteouts;
  for (const auto& [path, file] : from) {
    const std::string parent = above(path);
    const bool stands = parent.empty() || (to.contains(parent) && to.at(parent)->type == '5');
    if (!to.contains(path) && stands && !is_emptied(path)) {
      whiteouts.push_back({.path = (parent.empty() ? "" : parent + "/") + ".wh." + name(path)});
    }
  }
  for (const std::string& path : emptied) whiteouts.push_back({.path = path + "/.wh..wh..opq"});
  std::vector<TarBuilder::Entry> entries;
  std::map<const File*, std::string> written;
  for (const auto& [path, file] : to) {
    if (!needed.contains(file.get())) continue;
    const auto [first, fresh] = written.emplace(file.get(), path);
    entries.push_back(fresh ? entry(path, *file)
                            : TarBuilder::Entry{.path = path, .type = '1', .link = first->second});
  }
  // Whiteouts are about lower layers, wherever they stand.
  for (const auto& whiteout : whiteouts) {
    const int at = dice.below(static_cast<int>(entries.size()) + 1);
    entries.insert(entries.begin() + at, whiteout);
  }
  TarBuilder builder;
  for (const auto& one : entries) builder.add(one);
  return builder.bytes();
}

/// Everything that counts, times left out.
std::string text_of(const FileTree& tree) {
  std::ostringstream text;
  std::map<std::uint32_t, std::string> first;
  std::map<std::string, const FileTree::Place*> sorted;
  for (const auto& [path, place] : tree.places()) sorted.emplace(path, &place);
  for (const auto& [path, place] : sorted) {
    const Node& node = tree.node(*place);
    text << path << ' ' << static_cast<int>(node.kind) << ' ' << node.mode << ' ' << node.uid << ' '
         << node.gid << ' ' << node.size << ' ' << node.link_target() << ' ' << node.capability();
    if (node.rare) text << ' ' << node.rare->device_major << ' ' << node.rare->device_minor;
    for (const std::byte byte : node.content) text << ' ' << static_cast<int>(byte);
    text << ' ' << first.emplace(place->node, path).first->second << '\n';
  }
  return text.str();
}

std::string text_of(const Model& model) { return text_of(test::flattened({tar_of(model)})); }

// Parents first, each path once, hard links behind their targets, nothing that is not needed.
void expect_orderly(const std::vector<TarMember>& members) {
  std::set<std::string> seen{""};
  for (const TarMember& member : members) {
    EXPECT_TRUE(seen.contains(above(member.path))) << member.path << " comes before its directory";
    EXPECT_TRUE(seen.insert(member.path).second) << member.path << " stands twice";
    EXPECT_NE(name(member.path), ".wh..wh..opq");
    if (member.kind == TarMember::Kind::hard_link) {
      EXPECT_TRUE(seen.contains(member.link_target)) << member.path;
    }
  }
}

/// What counts of a Windows tree: names, kinds, contents and targets.
std::string windows_text_of(const FileTree& tree) {
  std::ostringstream text;
  for (const auto& [path, place] : tree.places()) {
    const Node& node = tree.node(place);
    text << path << ' ' << static_cast<int>(node.kind) << ' ' << node.size << ' '
         << node.link_target();
    for (const std::byte byte : node.content) text << ' ' << static_cast<int>(byte);
    text << '\n';
  }
  return text.str();
}

Model with_prefix(const Model& model, const std::string& prefix) {
  Model out;
  for (const auto& [path, file] : model) out[prefix + path] = file;
  return out;
}

Model in_capitals(const Model& model) {
  Model out;
  for (const auto& [path, file] : model) {
    std::string name = path;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    out[name] = file;
  }
  return out;
}

class DifferenceProperty : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Seeds, DifferenceProperty, testing::Range(0U, 8U));

TEST_P(DifferenceProperty, OverTheBaseIsTheTree) {
  for (unsigned round = 0; round < 60; ++round) {
    const unsigned seed = GetParam() * 1000 + round;
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    Model model = random_tree(dice, 10 + dice.below(40));
    std::vector<std::string> layers{tar_of(model)};
    for (int i = dice.below(4); i > 0; --i) {
      Model next = model;
      for (int changes = dice.below(15); changes > 0; --changes) change(next, dice);
      layers.push_back(random_layer(model, next, dice));
      model = next;
    }
    const FileTree base = test::flattened(layers);
    ASSERT_EQ(text_of(base), text_of(model)) << "the layers make the base";

    Model tree = model;
    for (int changes = dice.below(20); changes > 0; --changes) change(tree, dice);
    if (dice.one_in(20)) tree = random_tree(dice, 30);
    if (tree.empty()) continue;
    const RootfsImage image = test::rootfs_of(tar_of(tree));
    const auto members = test::members_over(base, image);
    expect_orderly(members);
    const std::string layer = test::layer_of(image, members);
    layers.push_back(layer);
    EXPECT_EQ(text_of(test::flattened(layers)), text_of(tree));
    EXPECT_EQ(members.empty(), text_of(model) == text_of(tree));
    const auto parallel = test::members_over(base, image, Attributes::compared, 4);
    EXPECT_TRUE(test::layer_of(image, parallel) == layer) << "same bytes from four threads";
    EXPECT_TRUE(test::members_over(test::flattened(layers), image).empty())
        << "over itself nothing is left";
    if (testing::Test::HasFailure()) return;
  }
}

TEST_P(DifferenceProperty, OverAWindowsBaseIsTheTree) {
  for (unsigned round = 0; round < 60; ++round) {
    const unsigned seed = GetParam() * 1000 + round;
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const auto has_stream = [](const auto& item) {
      return item.first.find(':') != std::string::npos;
    };
    Model model = random_tree(dice, 10 + dice.below(40));
    std::erase_if(model, has_stream);
    Model tree = model;
    for (int changes = dice.below(20); changes > 0; --changes) change(tree, dice);
    std::erase_if(tree, has_stream);
    if (tree.empty() || model.empty()) continue;
    const std::string base_layer = tar_of(with_prefix(model, "Files/"));
    const FileTree base = test::flattened({base_layer}, LayerForm::windows);
    const Model exported = dice.one_in(2) ? in_capitals(tree) : tree;
    const RootfsImage image = test::rootfs_of(tar_of(exported));
    auto members = windows_members(test::members_over(base, image, Attributes::invented), 5);
    expect_orderly(members);
    const std::string layer = test::layer_of(image, members);
    EXPECT_EQ(windows_text_of(test::flattened({base_layer, layer}, LayerForm::windows)),
              windows_text_of(
                  test::flattened({tar_of(with_prefix(tree, "Files/"))}, LayerForm::windows)));
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace ocimux
