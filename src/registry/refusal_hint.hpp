#pragma once

#include "registry/transport.hpp"

#include <string>
#include <vector>

namespace ocimux {

/// What a registry says of why it refuses.
struct Refusal {
  std::string text;                ///< as it came
  std::vector<std::string> codes;  ///< of distribution-spec, "Error codes", as far as it uses them
};

/// What somebody could do about an answer that is a refusal; empty where nothing is known to help.
std::string refusal_hint(const Response& answer, const Refusal& refusal);

/// How to give credentials to @p registry to one whose own were not enough, as @p proof says.
std::string login_hint(const Origin& registry, Proof proof);

}  // namespace ocimux
