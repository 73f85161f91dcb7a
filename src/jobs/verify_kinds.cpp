#include "jobs/verify_kinds.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>

namespace ocimux {
namespace {

constexpr std::array<const char*, 3> texts{"User", "WorkingDir", "StopSignal"};
constexpr std::array<const char*, 5> lists{"Env", "Entrypoint", "Cmd", "OnBuild", "Shell"};
constexpr std::array<const char*, 2> sets{"ExposedPorts", "Volumes"};

/// Keeps what is thrown.
class Kinds final {
 public:
  template <typename Work>
  void check(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      all_.push_back(error);
    }
  }
  [[nodiscard]] std::vector<Error> take() { return std::move(all_); }

 private:
  std::vector<Error> all_;
};

// In Go a map to empty structs.
void check_set(const Json& settings, const char* name) {
  const Json* set = settings.find(name);
  if (set == nullptr) return;
  within(name, [&] {
    for (const auto& [key, value] : set->as_object()) {
      if (!value.is_null()) within(key, [&value = value] { static_cast<void>(value.as_object()); });
    }
  });
}

void check_flag(const Json& settings, const char* name) {
  const Json* flag = settings.find(name);
  if (flag == nullptr || std::holds_alternative<bool>(flag->value())) return;
  throw Error(Errc::corrupt,
              std::string(name) + ": expected true or false, found another kind of value");
}

void check_settings(const Json& settings, Kinds& kinds) {
  const auto check = [&](const auto& work) { kinds.check([&] { within("config", work); }); };
  if (!settings.is_object()) return check([&] { static_cast<void>(settings.as_object()); });
  for (const char* name : texts) {
    check([&] { static_cast<void>(string_member(settings, name)); });
  }
  for (const char* name : lists) {
    check([&] { static_cast<void>(strings_member(settings, name)); });
  }
  for (const char* name : sets) {
    check([&] { check_set(settings, name); });
  }
  check([&] { static_cast<void>(string_map_member(settings, "Labels")); });
  check([&] { check_flag(settings, "ArgsEscaped"); });
}

void check_time(const Json& object) {
  const Json* time = object.find("created");
  if (time == nullptr || is_rfc3339(within("created", [&] { return time->as_string(); }))) return;
  throw Error(Errc::corrupt,
              "created: expected a time as in RFC 3339 (2026-11-20T21:00:00Z), found '" +
                  time->as_string().substr(0, 40) + "'");
}

// One says it of them all: there may be a great many.
void check_history(const Json::Array& history) {
  for (std::size_t i = 0; i < history.size(); ++i) {
    within("history[" + std::to_string(i) + "]", [&] {
      check_time(history[i]);
      for (const char* name : {"created_by", "author", "comment"}) {
        static_cast<void>(string_member(history[i], name));
      }
    });
  }
}

std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  unsigned number = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(count);
  return number;
}

/// Takes two digits up to @p most and @p behind off the front.
bool take_part(std::string_view& text, unsigned most, std::string_view behind) {
  const auto number = take_digits(text, 2);
  if (!number || *number > most || !text.starts_with(behind)) return false;
  text.remove_prefix(behind.size());
  return true;
}

bool take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !text.starts_with('-')) return false;
  text.remove_prefix(1);
  const auto month = take_digits(text, 2);
  if (!month || !text.starts_with('-')) return false;
  text.remove_prefix(1);
  const auto day = take_digits(text, 2);
  if (!day || !text.starts_with('T')) return false;
  text.remove_prefix(1);
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)),
                                     std::chrono::month(*month), std::chrono::day(*day))
      .ok();
}

}  // namespace

std::vector<Error> wrong_kinds(const Json& config) {
  Kinds kinds;
  // That it is text is said by who reads the rest of the config.
  const Json* created = config.find("created");
  if (created != nullptr && created->is_string()) kinds.check([&] { check_time(config); });
  kinds.check([&] { static_cast<void>(string_member(config, "author")); });
  if (const Json* settings = config.find("config")) check_settings(*settings, kinds);
  const Json* history = config.find("history");
  if (history != nullptr && history->is_array()) {
    kinds.check([&] { check_history(history->as_array()); });
  }
  return kinds.take();
}

void check_optional_members(const Json& descriptor) {
  static_cast<void>(strings_member(descriptor, "urls"));
  static_cast<void>(string_member(descriptor, "artifactType"));
}

bool is_rfc3339(std::string_view text) {
  if (!take_date(text) || !take_part(text, 23, ":") || !take_part(text, 59, ":") ||
      !take_part(text, 59, "")) {
    return false;
  }
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return false;
    text.remove_prefix(end);
  }
  if (text == "Z") return true;
  if (!text.starts_with('+') && !text.starts_with('-')) return false;
  text.remove_prefix(1);
  return take_part(text, 23, ":") && take_part(text, 59, "") && text.empty();
}

}  // namespace ocimux
