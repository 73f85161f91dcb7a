#pragma once

#include <ocimux/jobs/diff.hpp>

#include "spec/json.hpp"

#include <vector>

namespace ocimux {

/// In what two documents differ, value by value, sorted by their places; first what @p before has.
/// The environment (`NAME=VALUE`) goes by name, other lists of text count as one value, and a list
/// or object without members as none. A last difference, `form`, tells of documents that say the
/// same (or the same at other times) in another order.
std::vector<ValueDifference> document_difference(const Json& before, const Json& after);

}  // namespace ocimux
