#include "compose/instruction.hpp"

#include <ocimux/base/error.hpp>

#include "compose/stage.hpp"
#include "spec/letter_case.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

constexpr std::array<std::string_view, 13> keywords{
    "CMD",     "ENTRYPOINT", "ENV",        "EXPOSE", "HEALTHCHECK", "LABEL",  "MAINTAINER",
    "ONBUILD", "SHELL",      "STOPSIGNAL", "USER",   "VOLUME",      "WORKDIR"};

void refuse_what_needs_a_build(std::string_view written) {
  const std::string keyword = upper(written);
  if (std::find(keywords.begin(), keywords.end(), keyword) != keywords.end()) return;
  throw Error(
      Errc::invalid_argument,
      "expected a Dockerfile instruction that needs no build, found '" + std::string(written) + "'",
      "CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, MAINTAINER, ONBUILD, SHELL, "
      "STOPSIGNAL, USER, VOLUME and WORKDIR can be applied");
}

}  // namespace

void Instructions::apply(std::string_view instruction) {
  const std::string_view text = trimmed(instruction);
  const std::string_view keyword = text.substr(0, text.find_first_of(" \t\n\v\f\r"));
  refuse_what_needs_a_build(keyword);
  if (keyword.size() == text.size()) {
    throw Error(Errc::invalid_argument, upper(keyword) + ": expected a value, found ''");
  }
  const Instruction parsed = parse_instruction(text);
  within(parsed.keyword, [&] {
    ImageSettings settings(config_);
    Stage stage(settings, os_, Stage::Reader::import);
    if (command_set_) stage.keep_command();
    static_cast<void>(stage.apply(parsed));
    command_set_ = stage.command_set();
    settings.store(config_);
    if (stage.author()) config_.set("author", *stage.author());
  });
}

}  // namespace ocimux
