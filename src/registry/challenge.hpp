#pragma once

#include "registry/transport.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// What a server wants to see before it answers: one challenge of WWW-Authenticate (RFC 9110,
/// 11.6.1), as distribution's token specification uses it.
struct Challenge {
  std::string scheme;                             ///< lower case: `basic`, `bearer`
  std::map<std::string, std::string> parameters;  ///< names in lower case

  [[nodiscard]] std::string parameter(const std::string& name) const;
};

/// Every challenge in @p text; what makes no sense is passed over.
std::vector<Challenge> parse_challenges(std::string_view text);

/// The challenges of an answer, all header fields together.
std::vector<Challenge> challenges_of(const Headers& headers);

}  // namespace ocimux
