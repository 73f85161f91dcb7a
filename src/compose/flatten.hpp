#pragma once

#include "compose/layer_seal.hpp"
#include "compose/tree.hpp"
#include "digest/hasher.hpp"
#include "tar/reader.hpp"

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// What the names in a layer mean: paths of the root filesystem, or (on Windows) those below
/// `Files/` are, and all others are none.
enum class LayerForm { plain, windows };

/// A hard link of a layer to a file of the layers below it.
struct LowerLink {
  std::string path;
  std::string target;
};

/// What is done with the contents of files. With `sealed` they are hashed, too, also of what is no
/// part of the file tree, and the layer gets its seal.
enum class Contents { passed_over, hashed, sealed };

/// What one layer says, by itself.
struct LayerTree {
  FileTree tree;                                ///< what it adds
  std::vector<std::string> removed = {};        ///< what its whiteouts name
  std::vector<std::string> emptied = {};        ///< directories with an opaque marker
  std::map<std::string, LowerLink> links = {};  ///< by the path's key
  std::optional<LayerSeal> seal = {};           ///< where Contents::sealed was asked for
};

/// Reads a layer: image-spec, layer.md. Paths are taken as they stand, without following symlinks;
/// of two entries for one path the last counts. Reads @p from to its end. Throws Errc::corrupt for
/// a whiteout of nothing (`.wh.`), of `.` or `..`.
LayerTree read_layer_tree(TarReader& from, LayerForm form, const std::stop_token& stop,
                          Contents contents = Contents::hashed);

/// Puts @p layer over @p below. Whiteouts and opaque markers are about @p below only, wherever
/// they stand in the layer. Throws Errc::corrupt for a hard link to what is not there.
void apply_layer(FileTree& below, LayerTree layer);

/// The SHA-256 of what is written.
class ContentHash final : public Sink {
 public:
  void write(Bytes bytes) override;
  void finish() override {}
  [[nodiscard]] Node::Sha256 take();

 private:
  Hasher hasher_;
};

/// True for a name that readers of layers take for a deletion, not for a file.
bool is_whiteout(std::string_view path);

}  // namespace ocimux
