#include "spec/json.hpp"

#include <ocimux/base/error.hpp>

#include <nlohmann/json.hpp>

#include <set>

namespace ocimux {
namespace {

constexpr std::size_t deepest_nesting = 64;

Error not_json(const std::string& found) {
  return {Errc::corrupt, "expected a JSON document, found " + found};
}

// It is JSON, but what readers make of it differs: infinity, an error, something smaller.
Error too_large(const std::string& number) {
  return {
      Errc::corrupt,
      "expected a number that fits into 64 bits of floating point (up to 1.8e308), found " + number,
      "whoever made the document can write it as text, in quotes"};
}

/// Builds a Json from the parser's events, refusing what other parsers could read differently.
class Builder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }

  bool start_object(std::size_t /*size*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*size*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& key) override {
    if (!levels_.back().keys.insert(key).second) {
      throw not_json("the key '" + key + "' twice in one object");
    }
    levels_.back().key = std::move(key);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& exception) override {
    constexpr int number_overflow = 406;  // the library's number for it
    const std::string found = "'" + token.substr(0, 40) + "' at byte " + std::to_string(position);
    throw exception.id == number_overflow ? too_large(found) : not_json(found);
  }

  Json take() { return std::move(root_); }

 private:
  struct Level {
    Json value;
    std::string key = {};
    std::set<std::string> keys = {};
  };

  bool open(Json value) {
    if (levels_.size() == deepest_nesting) {
      throw not_json("more than " + std::to_string(deepest_nesting) + " levels of nesting");
    }
    levels_.push_back({std::move(value)});
    return true;
  }

  bool close() {
    Json value = std::move(levels_.back().value);
    levels_.pop_back();
    return add(std::move(value));
  }

  bool add(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Level& level = levels_.back();
    if (level.value.is_object()) {
      level.value.as_object().emplace_back(std::move(level.key), std::move(value));
    } else {
      std::get<Json::Array>(const_cast<Json::Variant&>(level.value.value()))  // NOLINT: ours
          .push_back(std::move(value));
    }
    return true;
  }

  Json root_;
  std::vector<Level> levels_;
};

nlohmann::ordered_json to_library(const Json& json) {
  return std::visit(
      [](const auto& value) -> nlohmann::ordered_json {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return nullptr;
        } else if constexpr (std::is_same_v<T, Json::Array>) {
          auto array = nlohmann::ordered_json::array();
          for (const Json& item : value) array.push_back(to_library(item));
          return array;
        } else if constexpr (std::is_same_v<T, Json::Object>) {
          auto object = nlohmann::ordered_json::object();
          // Not operator[]: it looks for the key among all others, and keys are unique here.
          using Members = std::vector<nlohmann::ordered_json::object_t::value_type>;
          Members& members = object.get_ref<nlohmann::ordered_json::object_t&>();
          for (const auto& [key, item] : value) members.emplace_back(key, to_library(item));
          return object;
        } else {
          return value;
        }
      },
      json.value());
}

const char* kind_of(const Json& json) {
  constexpr const char* kinds[] = {"null",
                                   "a boolean",
                                   "an integer",
                                   "an integer above 9223372036854775807",
                                   "a fractional number",
                                   "a string",
                                   "an array",
                                   "an object"};
  return kinds[json.value().index()];
}

template <typename T>
const T& as(const Json& json, const char* expected) {
  if (const T* value = std::get_if<T>(&json.value())) return *value;
  throw Error(Errc::corrupt, std::string("expected ") + expected + ", found " + kind_of(json));
}

}  // namespace

Json Json::parse(std::string_view text) {
  // The library takes a NUL for the end of the text and skips a byte order mark; other readers
  // do neither.
  if (text.find('\0') != std::string_view::npos) throw not_json("a NUL");
  if (text.starts_with("\xEF\xBB\xBF")) throw not_json("a byte order mark");
  Builder builder;
  if (!nlohmann::json::sax_parse(text, &builder)) throw not_json("something else");
  return builder.take();
}

std::string Json::dump(int indent) const {
  try {
    return to_library(*this).dump(indent);
  } catch (const nlohmann::json::exception& failure) {
    throw Error(Errc::corrupt, "expected text in UTF-8, found other bytes");
  }
}

const Json::Object& Json::as_object() const { return as<Object>(*this, "an object"); }
const Json::Array& Json::as_array() const { return as<Array>(*this, "an array"); }
const std::string& Json::as_string() const { return as<std::string>(*this, "a string"); }
std::int64_t Json::as_integer() const { return as<std::int64_t>(*this, "an integer"); }

Json::Array& Json::as_array() {
  static_cast<void>(as<Array>(*this, "an array"));
  return std::get<Array>(value_);
}

Json::Object& Json::as_object() {
  static_cast<void>(as<Object>(*this, "an object"));
  return std::get<Object>(value_);
}

}  // namespace ocimux
