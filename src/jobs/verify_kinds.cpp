#include "jobs/verify_kinds.hpp"

#include "spec/rfc3339.hpp"

#include <array>
#include <cstddef>
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

}  // namespace ocimux
