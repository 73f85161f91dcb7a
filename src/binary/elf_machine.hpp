#pragma once

#include "binary/elf.hpp"
#include "binary/executable.hpp"

namespace ocimux {

/// Sets what the header alone says of the hardware: architecture, or machine.
void set_elf_machine(Executable& executable, const ElfHeader& header);

}  // namespace ocimux
