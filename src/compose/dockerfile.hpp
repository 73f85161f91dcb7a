#pragma once

#include <ocimux/spec/platform.hpp>

#include "compose/instruction_syntax.hpp"
#include "compose/stage.hpp"
#include "spec/json.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// What the final stage of a Dockerfile made of a config.
struct DockerfileOutcome {
  /// Instructions that were applied, as BuildKit writes them into an image's history.
  std::vector<std::string> instructions;
  /// The image the final stage is built on in the end; empty for `scratch`.
  std::string base;
  /// The members of the config that instructions set.
  std::set<std::string> members;
  /// Variables that were used and not set: the base image may set them.
  std::set<std::string> unset_variables;
};

/// A Dockerfile as BuildKit reads it (frontend/dockerfile of version 0.26), as far as the config of
/// the image is concerned: nothing is built.
class Dockerfile final {
 public:
  /// Reads @p text. Throws Errc::invalid_argument, with @p name and the line in front, for what
  /// BuildKit's parser refuses.
  static Dockerfile parse(std::string_view text, std::string_view name);

  /// Changes @p config, that of the image the final stage is built on, to that of the final stage
  /// for @p platform; @p given are the values of --build-arg. Triggers of ONBUILD in it are
  /// executed. Throws as parse() does.
  [[nodiscard]] DockerfileOutcome apply(Json& config, const Platform& platform,
                                        const VariableValues& given) const;

  /// The names that any ARG declares.
  [[nodiscard]] std::set<std::string> arguments() const;

 private:
  struct BuildStage {
    Instruction from;
    std::vector<Instruction> instructions = {};
  };

  /// A stage with the name of what it is built on: an earlier stage, or an image.
  struct Chain {
    std::vector<const BuildStage*> stages;  // the first one is built on the image
    std::string base;
  };

  void add(Instruction instruction);
  [[nodiscard]] VariableValues global_arguments(const Platform& platform,
                                                const VariableValues& given) const;
  [[nodiscard]] std::vector<std::string> bases(const VariableValues& global) const;
  [[nodiscard]] Chain chain(const VariableValues& global) const;
  [[nodiscard]] std::vector<Instruction> triggers(const std::vector<std::string>& texts,
                                                  int line) const;

  std::string name_;
  char escape_ = '\\';
  std::vector<Instruction> arguments_;  // ARG in front of the first FROM
  std::vector<BuildStage> stages_;
};

/// True for a name that --build-arg may have though no ARG declares it: proxies and what speaks to
/// BuildKit itself.
bool is_predefined_argument(std::string_view name);

}  // namespace ocimux
