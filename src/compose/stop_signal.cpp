#include "compose/stop_signal.hpp"

#include "spec/letter_case.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace ocimux {
namespace {

constexpr std::array<std::string_view, 36> names{
    "ABRT", "ALRM",   "BUS",  "CHLD",  "CLD",  "CONT", "FPE",    "HUP",   "ILL",
    "INT",  "IO",     "IOT",  "KILL",  "PIPE", "POLL", "PROF",   "PWR",   "QUIT",
    "SEGV", "STKFLT", "STOP", "SYS",   "TERM", "TRAP", "TSTP",   "TTIN",  "TTOU",
    "URG",  "USR1",   "USR2", "WINCH", "XCPU", "XFSZ", "VTALRM", "RTMIN", "RTMAX"};

// RTMIN+1 to RTMIN+15, RTMAX-14 to RTMAX-1.
bool is_real_time(std::string_view name) {
  const bool from_below = name.starts_with("RTMIN+");
  if (!from_below && !name.starts_with("RTMAX-")) return false;
  const std::string_view digits = name.substr(std::string_view("RTMIN+").size());
  int number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  constexpr int most = 15;
  return failure == std::errc() && end == digits.data() + digits.size() && digits.front() != '0' &&
         digits.front() != '-' && number <= (from_below ? most : most - 1);
}

}  // namespace

bool is_stop_signal(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc() && end == text.data() + text.size()) return number != 0;
  std::string name = upper(text);
  if (name.starts_with("SIG")) name.erase(0, 3);
  return std::find(names.begin(), names.end(), name) != names.end() || is_real_time(name);
}

}  // namespace ocimux
