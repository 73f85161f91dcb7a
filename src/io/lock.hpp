#pragma once

#include <ocimux/base/progress.hpp>

#include <filesystem>
#include <stop_token>

namespace ocimux {

/// Takes an exclusive flock(2) on what is open as @p descriptor, for as long as it is. False where
/// it cannot be had at once; errno says why, EWOULDBLOCK that another process has it.
bool try_lock_file(int descriptor) noexcept;

/// try_lock_file() that waits for whoever has the lock. @p path is what is open, for errors. Throws
/// Errc::cancelled soon after @p stop is asked. A wait of more than a second is noted, once.
void lock_file(int descriptor, const std::filesystem::path& path, const std::stop_token& stop,
               Progress& progress = silent_progress());

}  // namespace ocimux
