// Layers and root filesystems: a tar as engines would unpack it, the executables in it, and what
// merge would write of it.

#include "compose/flatten.hpp"
#include "compose/rootfs_tree.hpp"
#include "fuzz/fuzzing.hpp"
#include "source/layer_programs.hpp"
#include "source/member_front.hpp"
#include "source/rootfs.hpp"
#include "tar/path.hpp"
#include "tar/reader.hpp"

#include <algorithm>

namespace ocimux::fuzz {
namespace {

constexpr std::int64_t most_expanded = 1 << 20;  // holes may claim any size

// False for what would take long by right.
bool is_small(std::string_view text) {
  std::int64_t size = 0;
  tolerate([&] {
    TarReader reader(std::make_unique<CutSource>(text, 0));
    while (const auto member = reader.next()) size += std::min(member->size, most_expanded + 1);
  });
  return size <= most_expanded;
}

std::string described(const FileTree& tree) {
  std::string text;
  for (const auto& place : tree.places()) {
    const Node& node = tree.node(place.second);
    text += std::string(FileTree::spelled(place)) + " " +
            std::to_string(static_cast<int>(node.kind)) + " " + std::to_string(node.size) + " " +
            std::string(as_text(Bytes(node.content))) + std::string(node.link_target()) + "\n";
  }
  return text;
}

// What one layer puts over another one (itself), and over nothing.
std::string flattened(std::string_view text, LayerForm form, std::uint8_t seed) {
  const Names names = form == LayerForm::windows ? Names::folded : Names::exact;
  FileTree tree(names);
  for (int layer = 0; layer < 2; ++layer) {
    TarReader reader(std::make_unique<CutSource>(text, seed));
    apply_layer(tree, read_layer_tree(reader, form, {}));
  }
  for (const auto& [path, place] : tree.places()) {
    require(tree.find(path) != nullptr, "what is listed is found");
    const std::string_view above = parent_path(path);
    require(above.empty() || tree.find(above) != nullptr, "what is there has a parent");
  }
  return described(tree);
}

void check_layer(std::string_view text, std::uint8_t seed) {
  for (const LayerForm form : {LayerForm::plain, LayerForm::windows}) {
    const auto once = outcome_of([&] { return flattened(text, form, 0); });
    const auto again = outcome_of([&] { return flattened(text, form, seed); });
    require(once == again, "a layer unpacks the same in any pieces");
  }
  const Body body = memory_body(std::string(text));
  require(programs_in_layer(body, LookInto::front, {}).size() <= 100'000, "programs are counted");
  tolerate([&] { static_cast<void>(programs_in_layer(body, LookInto::whole, {})); });
}

void check_layer_of(const Image& image) {
  const auto& rootfs = std::get<RootfsImage>(image.content);
  // What is stored with holes shows only then whether it is whole.
  const auto layer = outcome_of([&] {
    MemorySink sink;
    write_layer(rootfs, 1'000'000'000, sink, {});
    return sink.take();
  });
  if (layer.value) {
    TarReader reader(memory_file(*layer.value));
    while (reader.next()) continue;  // what merge makes is whole
  }
  for (const Names names : {Names::exact, Names::folded}) {
    tolerate([&] { static_cast<void>(read_rootfs_tree(rootfs, {}, names, {})); });
  }
}

void check_rootfs(std::string_view text) {
  const auto file = memory_file(text);
  std::vector<Image> images;
  tolerate([&] {
    RootfsSurvey survey(file);
    TarReader reader(file);
    while (const auto member = reader.next()) {
      MemberFront front(reader);
      survey.add(*member, [&](std::span<std::byte> into, std::int64_t offset) {
        return front.read(into, offset);
      });
    }
    images = survey.images("input", silent_progress());
  });
  for (const Image& image : images) check_layer_of(image);
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = ocimux::fuzz::text_of(data, size);
  if (!ocimux::fuzz::is_small(text)) return 0;
  ocimux::fuzz::check_layer(text, size == 0 ? 1 : data[size / 2]);
  ocimux::fuzz::check_rootfs(text);
  return 0;
}
