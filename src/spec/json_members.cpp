#include <ocimux/base/error.hpp>

#include "spec/json.hpp"

#include <algorithm>

namespace ocimux {

const Json* Json::find(std::string_view key) const {
  for (const auto& [name, value] : as_object()) {
    if (name == key) return value.is_null() ? nullptr : &value;
  }
  return nullptr;
}

const Json& Json::at(std::string_view key) const {
  if (const Json* value = find(key)) return *value;
  throw Error(Errc::corrupt, "expected a member '" + std::string(key) + "', found none");
}

void Json::set(std::string_view key, Json value) {
  for (auto& [name, old] : as_object()) {
    if (name == key) {
      old = std::move(value);
      return;
    }
  }
  as_object().emplace_back(std::string(key), std::move(value));
}

void Json::set_in_order(std::string_view key, Json value,
                        std::initializer_list<std::string_view> order) {
  Object& members = as_object();
  const auto is_there = [&](std::string_view name) {
    return std::find_if(members.begin(), members.end(),
                        [&](const Member& member) { return member.first == name; });
  };
  if (is_there(key) != members.end()) return set(key, std::move(value));
  const auto* place = std::find(order.begin(), order.end(), key);
  auto before = members.end();
  for (; place != order.end(); ++place) before = std::min(before, is_there(*place));
  members.insert(before, {std::string(key), std::move(value)});
}

void Json::erase(std::string_view key) {
  std::erase_if(as_object(), [&](const Member& member) { return member.first == key; });
}

std::string string_member(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  if (value == nullptr) return {};
  return within(key, [&] { return value->as_string(); });
}

std::int64_t integer_member(const Json& object, std::string_view key) {
  const Json& value = object.at(key);
  return within(key, [&] { return value.as_integer(); });
}

const Json::Array& array_member(const Json& object, std::string_view key) {
  static const Json::Array none;
  const Json* value = object.find(key);
  if (value == nullptr) return none;
  return within(key, [&]() -> const Json::Array& { return value->as_array(); });
}

std::vector<std::string> strings_member(const Json& object, std::string_view key) {
  std::vector<std::string> strings;
  for (const Json& value : array_member(object, key)) {
    strings.push_back(within(key, [&] { return value.as_string(); }));
  }
  return strings;
}

std::map<std::string, std::string> string_map_member(const Json& object, std::string_view key) {
  std::map<std::string, std::string> strings;
  const Json* value = object.find(key);
  if (value == nullptr) return strings;
  within(key, [&] {
    for (const auto& [name, text] : value->as_object()) {
      strings[name] = within(name, [&text = text] { return text.as_string(); });
    }
  });
  return strings;
}

Json to_json(const std::vector<std::string>& strings) {
  Json::Array array(strings.begin(), strings.end());
  return array;
}

Json to_json(const std::map<std::string, std::string>& strings) {
  return Json::Object(strings.begin(), strings.end());
}

}  // namespace ocimux
