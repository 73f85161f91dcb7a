#pragma once

#include <ocimux/jobs/push.hpp>

#include "jobs/cargo.hpp"
#include "jobs/destination.hpp"

#include <stop_token>
#include <vector>

namespace ocimux {

/// Stores the documents that the destinations lack: manifests, what refers to others, indexes, each
/// after all that it needs. Where a registry keeps no list of referrers, the list under their
/// subject's fallback tag is (distribution-spec, "Referrers Tag Schema"). Counts in @p result.
void send_documents(const Cargo& cargo, std::vector<Destination>& destinations,
                    const PushOptions& options, PushResult& result, const std::stop_token& stop);

/// Sets the tags that are not what they should be, once all documents are there.
void send_tags(const Cargo& cargo, std::vector<Destination>& destinations,
               const PushOptions& options, PushResult& result, const std::stop_token& stop);

}  // namespace ocimux
