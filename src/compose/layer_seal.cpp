#include "compose/layer_seal.hpp"

#include "io/memory.hpp"

#include <string>

namespace ocimux {

void LayerSealer::add(const TarMember& member) {
  add_text(member.path);
  add_number(static_cast<std::int64_t>(member.kind));
  add_number(member.size);
  add_number(member.mode);
  add_number(member.uid);
  add_number(member.gid);
  add_text(member.link_target);
  add_number(member.device_major);
  add_number(member.device_minor);
  add_number(static_cast<std::int64_t>(member.xattrs.size()));
  for (const auto& [name, value] : member.xattrs) {
    add_text(name);
    add_text(value);
  }
  owners_.update(as_bytes(std::to_string(member.owner_names.size()) + ";" + member.owner_names));
  members_.update(as_bytes(std::to_string(member.mtime) + "." +
                           std::to_string(member.mtime_nanoseconds) + member.other_times + ";"));
}

void LayerSealer::add_content(const Node::Sha256& content) {
  members_.update(content);
  timeless_.update(content);
}

LayerSeal LayerSealer::take() { return {members_.digest(), timeless_.digest(), owners_.digest()}; }

// Its length in front, so that no two lists of texts make the same bytes.
void LayerSealer::add_text(std::string_view text) {
  add_number(static_cast<std::int64_t>(text.size()));
  members_.update(as_bytes(text));
  timeless_.update(as_bytes(text));
}

void LayerSealer::add_number(std::int64_t number) {
  const std::string text = std::to_string(number) + ";";
  members_.update(as_bytes(text));
  timeless_.update(as_bytes(text));
}

}  // namespace ocimux
