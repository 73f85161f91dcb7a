#pragma once

#include "compose/image_settings.hpp"
#include "compose/instruction_syntax.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ocimux {

/// Names and values of variables.
using VariableValues = std::map<std::string, std::string, std::less<>>;

/// The work that variables make, which has an end: a few lines can double a value again and again.
class VariableWork final {
 public:
  /// @p bytes of values were read or made. Throws Errc::invalid_argument when it becomes too much.
  void count(std::size_t bytes);

 private:
  std::int64_t bytes_ = 0;
};

/// What a stage of a Dockerfile is while its instructions are applied: the settings of its image,
/// and the variables that instructions see. https://docs.docker.com/reference/dockerfile/
class Stage final {
 public:
  /// Who reads: BuildKit, or `docker import -c`, where paths of Windows stay as they are written.
  enum class Reader { build, import };

  Stage(ImageSettings& settings, std::string_view os, Reader reader, char escape = '\\');

  /// Applies an instruction that changes settings, and answers what BuildKit writes of it into the
  /// history; ARG, RUN, COPY and ADD, which change none, give nothing.
  /// Throws Errc::invalid_argument for what is malformed once variables have their values, and
  /// where variables have too much work to do.
  std::string apply(const Instruction& instruction);

  /// ARG, with the values that --build-arg and the ARG in front of the first FROM have.
  void declare(const Instruction& argument, const VariableValues& given,
               const VariableValues& global);

  /// A stage that is built on this one begins.
  void follow();

  [[nodiscard]] const std::optional<std::string>& author() const { return author_; }
  /// The members of the config that instructions set.
  [[nodiscard]] const std::set<std::string>& set_members() const { return set_members_; }
  /// The variables that were asked for and not set.
  [[nodiscard]] const std::set<std::string>& unset_variables() const { return unset_; }
  [[nodiscard]] bool command_set() const { return command_set_; }
  /// A CMD came before, and outlives an ENTRYPOINT.
  void keep_command() { command_set_ = true; }

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  std::string word(std::string_view text);
  std::optional<std::string> variable(std::string_view name);
  Pairs pairs(const Instruction& instruction);
  std::vector<std::string> command(const Instruction& instruction);
  std::string set_command(const Instruction& instruction);
  std::string set_entrypoint(const Instruction& instruction);
  std::string set_pairs(const Instruction& instruction);
  std::string add_ports(const Instruction& instruction);
  std::string add_volumes(const Instruction& instruction);
  std::string set_text(const Instruction& instruction, const char* key);
  std::string set_stop_signal(const Instruction& instruction);
  std::string set_shell(const Instruction& instruction);
  std::string set_healthcheck(const Instruction& instruction);
  std::string add_trigger(const Instruction& instruction);
  std::string set_author(const Instruction& instruction);
  std::string set_working_directory(const Instruction& instruction);
  void set(const char* key, Json value);

  ImageSettings& settings_;
  std::string os_;
  Reader reader_;
  char escape_;
  VariableValues arguments_;  // of ARG and ENV, the latest of a name; the others are settings_'s
  std::optional<std::string> author_;
  std::set<std::string> set_members_;
  std::set<std::string> unset_;
  VariableWork work_;
  bool command_set_ = false;  // a CMD here outlives an ENTRYPOINT; one from before does not
};

}  // namespace ocimux
