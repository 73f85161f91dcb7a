#pragma once

#include <memory>

namespace ocimux {

/// Owns a C library's object and releases it with @p Free.
template <typename T, auto Free>
struct HandleDeleter {
  void operator()(T* object) const noexcept { static_cast<void>(Free(object)); }
};

template <typename T, auto Free>
using Handle = std::unique_ptr<T, HandleDeleter<T, Free>>;

}  // namespace ocimux
