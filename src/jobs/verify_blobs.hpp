#pragma once

#include "jobs/verify_layers.hpp"
#include "jobs/verify_walk.hpp"

namespace ocimux {

/// What is to be found out of @p blob.
BlobQuestions questions_of(const ListedBlob& blob);

/// Tells what is wrong with a blob that was read, and with the layer it is.
void tell_blob(const ListedBlob& blob, const BlobFacts& facts, Findings& findings);

/// True when the blob is what its digest says and its layer could be looked into.
bool is_sound(const ListedBlob& blob, const BlobFacts& facts);

}  // namespace ocimux
