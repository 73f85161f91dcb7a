#include "jobs/image_tree.hpp"

#include "io/memory.hpp"
#include "support/inputs.hpp"
#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace ocimux::test {
namespace {

/// A Sink that knows whether it was finished.
class Kept final : public Sink {
 public:
  void write(Bytes bytes) override { text += as_text(bytes); }
  void finish() override { finished = true; }
  std::string text;
  bool finished = false;
};

const Platform amd64 = Platform::parse("linux/amd64");

// A registry, or whoever writes to the disk, may answer with something else the second time.
TEST(ImageTree, ContentOfALayerThatIsAnotherTheSecondTimeIsNotFinished) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string layer = TarBuilder().file("a", "right").file("z", "last").bytes();
  builder.top(builder.image({.layers = {layer}, .gzip_layers = false}), oci_manifest_type, "main");
  const Input input = read(work.layout("layout", builder));
  for (const std::string wrong : {"righT", "lasT"}) {
    std::string changed = layer;
    std::string right = wrong;
    right.back() = 't';
    changed.replace(changed.find(right), right.size(), wrong);
    Image image = input.images.at(0);
    const auto opened = std::make_shared<int>(0);
    std::get<StoredImage>(image.content).find = [=](const Descriptor& of) -> std::optional<Body> {
      return Body{[=] { return std::make_unique<MemorySource>(++*opened == 1 ? layer : changed); },
                  of.size};
    };
    const ImageTree tree(image, amd64, Contents::passed_over, 1, silent_progress(), {});
    Kept kept;
    const Error error =
        error_of([&] { tree.content(*tree.files().find("a"), kept, silent_progress(), {}); });
    EXPECT_EQ(error.code(), Errc::corrupt) << wrong;
    EXPECT_FALSE(kept.finished) << wrong << ", which stands behind the file in the same layer";
  }
}

TEST(ImageTree, OfTwoImagesAreAsEachByItself) {
  const Workspace work;
  const std::string lower = TarBuilder().file("d/a", "1").hard_link("d/b", "d/a").bytes();
  const auto image = [&](const std::string& name, const std::string& upper) {
    LayoutBuilder builder;
    builder.top(builder.image({.layers = {lower, upper}}), oci_manifest_type, "main");
    return read(work.layout(name, builder));
  };
  const Input one = image("one", TarBuilder().file("d/.wh.a", "").file("x", "1").bytes());
  const Input other = image("other", TarBuilder().file("d/a", "2").bytes());
  const auto [a, b] = ImageTree::both(one.images.at(0), other.images.at(0), amd64, Contents::sealed,
                                      2, silent_progress(), {});
  const auto paths = [](const ImageTree& tree) {
    std::vector<std::string> all;
    for (const auto& [path, place] : tree.files().places()) all.push_back(path);
    return all;
  };
  EXPECT_THAT(paths(a), testing::ElementsAre("d", "d/b", "x"));
  EXPECT_THAT(paths(b), testing::ElementsAre("d", "d/a", "d/b"));
  EXPECT_EQ(a.seals().size(), 2U);
  EXPECT_EQ(b.seals().size(), 2U);
  const auto content = [](const ImageTree& tree, const std::string& path) {
    Kept kept;
    tree.content(*tree.files().find(path), kept, silent_progress(), {});
    return kept.text;
  };
  EXPECT_EQ(content(a, "d/b"), "1");
  EXPECT_EQ(content(b, "d/a"), "2");
  EXPECT_EQ(content(b, "d/b"), "1");
}

}  // namespace
}  // namespace ocimux::test
