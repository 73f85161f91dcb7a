#include "compose/member_layer.hpp"

#include "base/parallel.hpp"
#include "compose/flatten.hpp"
#include "source/rootfs_members.hpp"
#include "tar/writer.hpp"

namespace ocimux {

void write_members(const std::shared_ptr<const File>& file, const std::vector<TarMember>& members,
                   Sink& to, const std::stop_token& stop) {
  TarWriter writer(to);
  TarContentSink content(writer);
  for (const TarMember& member : members) {
    throw_if_stopped(stop);
    writer.begin(member);
    if (member.kind == TarMember::Kind::regular && member.size != 0) {
      write_content(file, member, content, stop);
    }
  }
  writer.finish();
}

std::vector<TarMember> all_members(const FileTree& tree) {
  std::vector<TarMember> all;
  std::map<std::uint32_t, std::string> written;
  for (const auto& place : tree.places()) {
    if (place.first.empty()) continue;
    const Node& node = tree.node(place.second);
    TarMember member = node.member(std::string(FileTree::spelled(place)));
    if (node.links > 1) {
      const auto [first, fresh] = written.emplace(place.second.node, member.path);
      if (!fresh) member = hard_link_to(first->second, std::move(member));
    }
    all.push_back(std::move(member));
  }
  return all;
}

std::int64_t layer_size(const std::vector<TarMember>& members) {
  constexpr std::int64_t block = 512;
  std::int64_t size = 2 * block;
  for (const TarMember& member : members) size += block + member.size;
  return size;
}

ContentReader content_reader(std::shared_ptr<const File> file, std::size_t threads) {
  const auto hash = [file = std::move(file)](const Node& node, const std::stop_token& stop) {
    ContentHash content;
    write_content(file, node.member({}), content, stop);
    return content.take();
  };
  return {hash, threads};
}

}  // namespace ocimux
