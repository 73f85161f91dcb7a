#pragma once

#include "spec/json.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// The member `config` of an image config, its lists in forms that many instructions can change
/// without each of them reading them anew.
class ImageSettings final {
 public:
  /// Throws Errc::corrupt where a member is of another kind than it should be.
  explicit ImageSettings(const Json& config);
  /// Puts them back into @p config, every member that was there in its place.
  void store(Json& config) const;

  [[nodiscard]] std::string text(std::string_view key) const { return string_member(rest_, key); }
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    return strings_member(rest_, key);
  }
  /// A member other than the lists below.
  void set(std::string_view key, Json value) { rest_.set(key, std::move(value)); }
  void erase(std::string_view key) { rest_.erase(key); }

  [[nodiscard]] const std::vector<std::string>& environment() const { return environment_; }
  [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;
  void set_variable(const std::string& name, const std::string& value);
  void set_label(const std::string& name, const std::string& value) { labels_[name] = value; }
  void add_port(const std::string& port) { ports_.insert(port); }
  void add_volume(const std::string& path) { volumes_.insert(path); }

  [[nodiscard]] const std::vector<std::string>& triggers() const { return triggers_; }
  void add_trigger(const std::string& instruction) { triggers_.push_back(instruction); }
  void forget_triggers() { triggers_.clear(); }

 private:
  Json rest_;
  std::vector<std::string> environment_;
  std::map<std::string, std::size_t, std::less<>> places_;  // in environment_, by name
  std::map<std::string, std::string> labels_;
  std::set<std::string> ports_;
  std::set<std::string> volumes_;
  std::vector<std::string> triggers_;
};

}  // namespace ocimux
