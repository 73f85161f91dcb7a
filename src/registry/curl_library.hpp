#pragma once

namespace ocimux {

/// Starts libcurl, once and safely from any thread. Called by whatever uses it.
void start_curl();

}  // namespace ocimux
