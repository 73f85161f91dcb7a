#pragma once

#include <ocimux/base/error.hpp>

#include "registry/transport.hpp"

#include <curl/curl.h>

namespace ocimux {

/// What libcurl's @p code means; @p text is what it says beside it, if anything.
TransferError transfer_error(CURLcode code, const char* text, const Url& url);

/// A server led us to an address that it has no business to know.
Error forbidden_address(const Url& url);

}  // namespace ocimux
