#pragma once

#include "compose/tree.hpp"
#include "digest/hasher.hpp"
#include "tar/member.hpp"

#include <string_view>

namespace ocimux {

/// What the members of a layer say, in their order: two layers that say the same have the same,
/// however their headers are written.
struct LayerSeal {
  Digest members;
  Digest timeless;  ///< of all but the times
  Digest owners;    ///< of the names of owners, which are in neither: engines go by numbers
};

/// Seals a layer while its members pass by.
class LayerSealer final {
 public:
  void add(const TarMember& member);
  /// The content of the member that was added last.
  void add_content(const Node::Sha256& content);
  [[nodiscard]] LayerSeal take();

 private:
  void add_text(std::string_view text);
  void add_number(std::int64_t number);

  Hasher members_;
  Hasher timeless_;
  Hasher owners_;
};

}  // namespace ocimux
