#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// A Dockerfile instruction as it is written, its parts told apart; no variable is replaced yet.
struct Instruction {
  std::string keyword;             ///< upper case
  std::vector<std::string> flags;  ///< `--name=value`
  /// ENV, LABEL: name, value, name, value, …; ARG: `NAME` or `NAME=value`; HEALTHCHECK: CMD or NONE
  /// and the command; ONBUILD: the trigger; the others: words, or one text.
  std::vector<std::string> arguments;
  bool is_array = false;  ///< the arguments were a JSON array
  int line = 0;           ///< in its file, from 1; 0 outside a file

  /// The value of the flag `--name=value`; nothing where it does not stand.
  [[nodiscard]] std::optional<std::string> flag(std::string_view name) const;
};

/// Tells the parts of @p line apart by the rules of BuildKit's parser and of the instruction.
/// Throws Errc::invalid_argument for an instruction there is none of, and for what is not of its
/// form.
Instruction parse_instruction(std::string_view line, char escape = '\\');

/// True when a line of a Dockerfile may be followed by the bodies of heredocs: RUN, COPY and ADD
/// (also behind ONBUILD) whose arguments are no JSON array.
bool takes_heredocs(std::string_view line, char escape);

/// @p text without blanks around it.
std::string_view trimmed(std::string_view text);

}  // namespace ocimux
