#include "registry/secret_yaml.hpp"

#include <ocimux/base/error.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <functional>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace ocimux {
namespace {

constexpr std::size_t most_levels = 64;

Error unfit() {
  return {Errc::corrupt, "expected a secret of Kubernetes in YAML, found something else"};
}

/// A map or list whose end was not seen yet.
struct Open {
  Json value;
  std::optional<std::string> key = {};  // whose value comes next
  std::set<std::string, std::less<>> keys = {};
};

class Reader final : public YAML::EventHandler {
 public:
  [[nodiscard]] Json take() { return std::move(result_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t anchor) override { add({}, anchor); }
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override { throw unfit(); }
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t anchor,
                const std::string& value) override {
    add(value, anchor);
  }
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                       YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) override {
    begin(Json::array(), anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    begin(Json::object(), anchor);
  }
  void OnMapEnd() override { end(); }

 private:
  void begin(Json empty, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor || open_.size() == most_levels) throw unfit();
    open_.push_back({std::move(empty)});
  }

  void end() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    add(std::move(value), YAML::NullAnchor);
  }

  void add(Json value, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) throw unfit();
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().value.is_object()) {
      add_member(open_.back(), std::move(value));
    }  // nothing that counts of a secret is in a list
  }

  static void add_member(Open& map, Json value) {
    if (!map.key) {
      map.key = value.as_string();
      return;
    }
    if (!map.keys.insert(*map.key).second) throw unfit();
    map.value.as_object().emplace_back(*map.key, std::move(value));
    map.key.reset();
  }

  std::vector<Open> open_;
  Json result_;
};

}  // namespace

Json parse_secret_yaml(std::string_view text) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Reader reader;
    if (!parser.HandleNextDocument(reader)) throw unfit();
    return reader.take();
  } catch (const YAML::Exception&) {  // its message may hold a part of the secret
    throw unfit();
  }
}

}  // namespace ocimux
