#pragma once

#include "compose/instruction_syntax.hpp"
#include "spec/json.hpp"

#include <string>

namespace ocimux {

/// What HEALTHCHECK makes: the member `Healthcheck`, and what the history says of it.
struct Healthcheck {
  Json member;
  std::string history;
};

/// Throws Errc::invalid_argument for a duration or a number that is none.
Healthcheck healthcheck(const Instruction& instruction);

}  // namespace ocimux
