#pragma once

#include "jobs/cargo.hpp"

#include <vector>

namespace ocimux {

/// What became of descriptors whose documents were written anew.
struct Rewritten {
  std::vector<Descriptor> selected;     ///< those that are left, in their order, with their names
  std::vector<Replaced> replaced = {};  ///< each document that became another one, once
};

}  // namespace ocimux
