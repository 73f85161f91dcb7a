#pragma once

#include "source/image_store.hpp"

#include <cstddef>
#include <functional>
#include <stop_token>

namespace ocimux {

/// Which of the documents below a descriptor are of use.
struct Wanted {
  /// False for what need not be read, nor what is below it.
  std::function<bool(const Descriptor&)> document = [](const Descriptor&) { return true; };
  enum class Configs { read, left } configs = Configs::read;
};

/// Looks for the documents below @p top, level by level and @p width at a time, so that @p store,
/// which asks a registry, has them at hand for those who then walk through them one by one. What is
/// missing or wrong is theirs to tell.
void fetch_documents(const ImageStore& store, const Descriptor& top, const Wanted& wanted,
                     std::size_t width, const std::stop_token& stop);

}  // namespace ocimux
