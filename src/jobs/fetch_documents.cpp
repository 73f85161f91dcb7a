#include "jobs/fetch_documents.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "jobs/cargo_documents.hpp"

#include <ranges>
#include <set>
#include <utility>
#include <vector>

namespace ocimux {
namespace {

// What is deeper or more is refused by those who walk; it need not be fetched before that.
constexpr int deepest = 9;
constexpr std::size_t most_documents = 100'000;

std::vector<Descriptor> below(const ImageStore& store, const Descriptor& descriptor,
                              const Wanted& wanted) {
  if (!is_document(descriptor)) {
    static_cast<void>(store.find(descriptor));  // a config, of which nothing is asked
    return {};
  }
  if (!store.find(descriptor)) return {};
  const std::string text = read_checked(store, descriptor);
  if (media_type::is_index(descriptor.media_type))
    return Index::parse(text, descriptor.media_type).manifests;
  if (wanted.configs == Wanted::Configs::left) return {};
  return {Manifest::parse(text, descriptor.media_type).config};
}

bool is_worth_it(const Descriptor& descriptor, const Wanted& wanted) {
  return media_type::is_config(descriptor.media_type) ||
         (is_document(descriptor) && wanted.document(descriptor));
}

// The same document will be looked for again, by somebody who can say what it is to be.
std::vector<Descriptor> try_below(const ImageStore& store, const Descriptor& descriptor,
                                  const Wanted& wanted) {
  try {
    return below(store, descriptor, wanted);
  } catch (const Error& error) {
    const bool content = error.code() == Errc::corrupt || error.code() == Errc::unsupported;
    if (!content) throw;
    return {};
  }
}

}  // namespace

void fetch_documents(const ImageStore& store, const Descriptor& top, const Wanted& wanted,
                     std::size_t width, const std::stop_token& stop) {
  std::set<Digest> seen{top.digest};
  std::vector<Descriptor> level{top};
  for (int depth = 0; depth < deepest && !level.empty(); ++depth) {
    std::vector<std::vector<Descriptor>> found(level.size());
    parallel_for(level.size(), width, stop, [&](std::size_t i, const std::stop_token&) {
      found[i] = try_below(store, level[i], wanted);
    });
    level.clear();
    for (const Descriptor& descriptor : std::views::join(found)) {
      if (!is_worth_it(descriptor, wanted) || seen.size() == most_documents) continue;
      if (seen.insert(descriptor.digest).second) level.push_back(descriptor);
    }
  }
}

}  // namespace ocimux
