#pragma once

#include <string>
#include <string_view>

namespace ocimux {

/// Who is spoken to: credentials belong to one of these and go to no other.
struct Origin {
  std::string scheme;  ///< `https` or `http`
  std::string host;    ///< lower case; an IPv6 address in its brackets
  std::string port;    ///< always there

  [[nodiscard]] bool is_plain() const { return scheme == "http"; }
  /// `scheme://host[:port]`, the port where it is not the usual one.
  [[nodiscard]] std::string string() const;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// An address of HTTP, parsed by libcurl, so that what is checked is what is asked.
class Url final {
 public:
  /// Throws Errc::corrupt for what is no http or https address, or holds a user or password.
  static Url parse(std::string_view text);
  /// What @p location (absolute or relative) means as a redirect from here. Throws like parse().
  [[nodiscard]] Url resolve(std::string_view location) const;
  /// This address with `name=value`, encoded, added to its query.
  [[nodiscard]] Url with_query(std::string_view name, std::string_view value) const;

  [[nodiscard]] const std::string& string() const { return text_; }
  [[nodiscard]] const Origin& origin() const { return origin_; }
  /// Without query, which may hold secrets (signed addresses do): for messages.
  [[nodiscard]] std::string shown() const;

 private:
  Url(std::string text, Origin origin) : text_(std::move(text)), origin_(std::move(origin)) {}
  std::string text_;
  Origin origin_;
};

/// @p text as a value in a form (application/x-www-form-urlencoded).
std::string form_encoded(std::string_view text);

}  // namespace ocimux
