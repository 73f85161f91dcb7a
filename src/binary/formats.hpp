#pragma once

#include "binary/content.hpp"
#include "binary/executable.hpp"

#include <optional>
#include <string_view>

namespace ocimux {

/// The readers of one format each: nothing for what is not a finished executable of it.
std::optional<Executable> read_elf(const Content& content);
std::optional<Executable> read_pe(const Content& content);
std::optional<Executable> read_mach_o(const Content& content);

bool is_mach_o(Bytes front);

/// How a machine is named that no table knows.
std::string unknown_machine(std::uint32_t number);

}  // namespace ocimux
