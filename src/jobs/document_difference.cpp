#include "jobs/document_difference.hpp"

#include "spec/rfc3339.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace ocimux {
namespace {

using Values = std::vector<std::pair<std::string, const Json*>>;

bool is_time(const Json& json) { return json.is_string() && is_rfc3339(json.as_string()); }

// When something was made: `created` of configs, of their histories and of annotations. Some
// builders leave it out. Other members say something else when they are not there.
bool is_creation(std::string_view name, const Json& value) {
  return is_time(value) &&
         (name == "created" || name.ends_with(".created") || name.ends_with(".created\"]"));
}

// Plain names behind a dot; what has characters of its own in brackets.
std::string below(const std::string& where, const std::string& key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
  if (!plain) return where + "[" + Json(key).dump() + "]";
  return where.empty() ? key : where + "." + key;
}

// The environment: a list of `NAME=VALUE`.
bool is_settings(std::string_view where, const Json::Array& list) {
  return where.ends_with("Env") && !list.empty() &&
         std::all_of(list.begin(), list.end(), [](const Json& one) {
           return one.is_string() && one.as_string().find('=') != std::string::npos;
         });
}

/// A document as a list of places and values. Values that had to be made are kept here.
class Flat {
 public:
  explicit Flat(const Json& document) { add("", document); }
  [[nodiscard]] const Values& values() const { return values_; }

 private:
  void add(const std::string& where, const Json& json) {
    if (json.is_object() && !json.as_object().empty()) {
      for (const auto& [key, value] : json.as_object()) add(below(where, key), value);
    } else if (json.is_array() && is_settings(where, json.as_array())) {
      add_settings(where, json.as_array());
    } else if (json.is_array() && !json.as_array().empty() && json.as_array().front().is_object()) {
      const Json::Array& list = json.as_array();
      for (std::size_t i = 0; i < list.size(); ++i) {
        add(where + "[" + std::to_string(i) + "]", list[i]);
      }
    } else if (!json.is_null() && !is_empty(json)) {
      values_.emplace_back(where, &json);
    }
  }

  // Nothing said and an empty list (Docker's configs have such) mean the same.
  static bool is_empty(const Json& json) {
    return (json.is_object() && json.as_object().empty()) ||
           (json.is_array() && json.as_array().empty());
  }

  void add_settings(const std::string& where, const Json::Array& list) {
    for (const Json& one : list) {
      const std::string& text = one.as_string();
      const std::size_t equals = text.find('=');
      made_.push_back(std::make_unique<Json>(text.substr(equals + 1)));
      values_.emplace_back(below(where, text.substr(0, equals)), made_.back().get());
    }
  }

  Values values_;
  std::vector<std::unique_ptr<Json>> made_;
};

std::string text_of(const Json& json) { return json.is_string() ? json.as_string() : json.dump(); }

// A list may set a name twice; then the last counts, as it does where it is used.
std::map<std::string_view, const Json*> by_name(const Values& values) {
  std::map<std::string_view, const Json*> map;
  for (const auto& [name, value] : values) map[name] = value;
  return map;
}

Json timeless(const Json& json);

// An object that held nothing but when something was made is as good as none.
Json timeless_object(const Json::Object& members) {
  Json::Object all;
  for (const auto& [key, value] : members) {
    if (value.is_null() ? key == "created" : is_creation(key, value)) continue;
    Json rest = timeless(value);
    const bool emptied = rest.is_object() && rest.as_object().empty();
    if (emptied && !value.as_object().empty()) continue;
    all.emplace_back(key, std::move(rest));
  }
  return all;
}

// A time may be the value of a variable of the environment.
Json timeless_text(const std::string& text) {
  if (is_rfc3339(text)) return {};
  const std::size_t value = text.find('=') + 1;
  return value != 0 && is_rfc3339(std::string_view(text).substr(value)) ? text.substr(0, value)
                                                                        : text;
}

/// @p json without its times.
Json timeless(const Json& json) {
  if (json.is_string()) return timeless_text(json.as_string());
  if (json.is_object()) return timeless_object(json.as_object());
  if (!json.is_array()) return json;
  Json::Array all;
  for (const Json& value : json.as_array()) all.push_back(timeless(value));
  return all;
}

}  // namespace

std::vector<ValueDifference> document_difference(const Json& before, const Json& after) {
  const Flat old_values(before);
  const Flat new_values(after);
  const auto old_by_name = by_name(old_values.values());
  const auto new_by_name = by_name(new_values.values());
  std::vector<ValueDifference> found;
  for (const auto& [name, value] : old_by_name) {
    const auto other = new_by_name.find(name);
    if (other == new_by_name.end()) {
      found.push_back(
          {std::string(name), text_of(*value), std::nullopt, is_creation(name, *value)});
    } else if (value->dump() != other->second->dump()) {
      found.push_back({std::string(name), text_of(*value), text_of(*other->second),
                       is_time(*value) && is_time(*other->second)});
    }
  }
  for (const auto& [name, value] : new_by_name) {
    if (!old_by_name.contains(name)) {
      found.push_back(
          {std::string(name), std::nullopt, text_of(*value), is_creation(name, *value)});
    }
  }
  const bool only_times =
      std::all_of(found.begin(), found.end(), [](const auto& one) { return one.time; });
  const auto rest = [&](const Json& document) {
    return (found.empty() ? document : timeless(document)).dump();
  };
  if (only_times && rest(before) != rest(after)) found.push_back({"form"});
  return found;
}

}  // namespace ocimux
