// Dockerfiles and single instructions. The first byte says for which system.

#include "compose/dockerfile.hpp"
#include "compose/dockerfile_lines.hpp"
#include "compose/instruction.hpp"
#include "fuzz/fuzzing.hpp"
#include "spec/json.hpp"

namespace ocimux::fuzz {
namespace {

// Words of 1 MiB and variables of 64 MiB are allowed; what comes of them is not much more.
constexpr std::size_t most_output = std::size_t{200} << 20;

Json some_config() {
  return Json::parse(R"({"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin","A=b"],)"
                     R"("OnBuild":["ENV C=$A","RUN true"],"Labels":{"x":"y"}}})");
}

std::string applied(std::string_view text, const Platform& platform) {
  const Dockerfile dockerfile = Dockerfile::parse(text, "Dockerfile");
  static_cast<void>(dockerfile.arguments());
  Json config = some_config();
  const DockerfileOutcome outcome =
      dockerfile.apply(config, platform, {{"VERSION", "1.2"}, {"EMPTY", ""}});
  std::string all = config.dump() + "\n" + outcome.base;
  for (const std::string& instruction : outcome.instructions) all += "\n" + instruction;
  require(all.size() <= most_output, "a Dockerfile does not inflate");
  return all;
}

void check_instructions(std::string_view text, std::string_view os) {
  Json config = some_config();
  Instructions instructions(config, os);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    tolerate([&] { instructions.apply(line); });
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  tolerate([&] { require(config.dump().size() <= most_output, "instructions do not inflate"); });
}

void check_lines(std::string_view text) {
  tolerate([&] {
    int before = 0;
    for (const DockerfileLine& line : read_dockerfile_lines(text, "Dockerfile").lines) {
      require(line.number > before, "lines are counted up");
      before = line.number;
    }
  });
}

void check(std::string_view text, const Platform& platform) {
  check_lines(text);
  const auto once = outcome_of([&] { return applied(text, platform); });
  require(once == outcome_of([&] { return applied(text, platform); }),
          "the same Dockerfile means the same");
  check_instructions(text, platform.os);
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::Steering steering(ocimux::fuzz::text_of(data, size));
  const bool windows = steering.byte() % 2 != 0;
  ocimux::fuzz::check(steering.rest(), {windows ? "windows" : "linux", "amd64"});
  return 0;
}
