#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ocimux {

/// A JSON value. Objects keep the order of their members, so that a document can be changed in
/// one place and stay as it was in all others.
class Json final {
 public:
  using Member = std::pair<std::string, Json>;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;

  Json() = default;  // null
  // NOLINTBEGIN(google-explicit-constructor): text, numbers and lists are JSON as they are
  Json(bool value) : value_(value) {}
  Json(std::int64_t value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  /// Beyond INT64_MAX it is none for as_integer(): it is only kept as it is.
  Json(std::uint64_t value) : value_(value) {
    if (value <= INT64_MAX) value_ = static_cast<std::int64_t>(value);
  }
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}
  // NOLINTEND(google-explicit-constructor)

  static Json object() { return Object(); }
  static Json array() { return Array(); }

  /// Reads one document. Throws Errc::corrupt when it is not JSON in UTF-8, when an object has a
  /// key twice (readers disagree which counts), or when it nests deeper than 64 levels.
  static Json parse(std::string_view text);
  /// Compact text; with @p indent, spread over lines. Throws Errc::corrupt for text outside UTF-8.
  [[nodiscard]] std::string dump(int indent = -1) const;

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(value_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(value_); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(value_); }

  // Each throws Errc::corrupt, saying what was expected and found, unless the value is of the kind.
  [[nodiscard]] const Object& as_object() const;
  [[nodiscard]] const Array& as_array() const;
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] std::int64_t as_integer() const;
  [[nodiscard]] Object& as_object();
  [[nodiscard]] Array& as_array();

  /// The member @p key, or null where there is none (or it is JSON's null).
  [[nodiscard]] const Json* find(std::string_view key) const;
  /// The member @p key; throws Errc::corrupt where there is none.
  [[nodiscard]] const Json& at(std::string_view key) const;
  /// Changes the member @p key, or adds it at the end.
  void set(std::string_view key, Json value);
  void erase(std::string_view key);
  /// Changes the member @p key, or adds it before the first member that comes behind it in
  /// @p order; at the end where there is none.
  void set_in_order(std::string_view key, Json value,
                    std::initializer_list<std::string_view> order);

  using Variant = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double,
                               std::string, Array, Object>;
  [[nodiscard]] const Variant& value() const { return value_; }

 private:
  Variant value_;
};

/// `find` for the usual shapes; an error says which member it is about.
std::string string_member(const Json& object, std::string_view key);    // "" where there is none
std::int64_t integer_member(const Json& object, std::string_view key);  // must be there
std::vector<std::string> strings_member(const Json& object, std::string_view key);
std::map<std::string, std::string> string_map_member(const Json& object, std::string_view key);
const Json::Array& array_member(const Json& object, std::string_view key);  // empty where none

Json to_json(const std::vector<std::string>& strings);
Json to_json(const std::map<std::string, std::string>& strings);

}  // namespace ocimux
