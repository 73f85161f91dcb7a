#include "registry/link.hpp"

#include <algorithm>
#include <optional>

namespace ocimux {
namespace {

constexpr std::string_view blanks = " \t";

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

// Up to, not including, one of @p ends.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(taken.size());
  return taken;
}

std::string take_value(std::string_view& text) {
  if (!text.starts_with('"')) return std::string(take_until(text, " \t;,"));
  std::string value;
  for (text.remove_prefix(1); !text.empty() && text.front() != '"'; text.remove_prefix(1)) {
    if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
    value += text.front();
  }
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

// A `rel` may hold several, with blanks in between.
bool has_word(std::string_view words, std::string_view word) {
  for (skip(words, blanks); !words.empty(); skip(words, blanks)) {
    if (equal_ignoring_case(take_until(words, blanks), word)) return true;
  }
  return false;
}

struct Link {
  std::string target;
  std::string relation;
};

// `<target>; name=value; name="value"`, and nothing where there is no more of that.
std::optional<Link> take_link(std::string_view& text) {
  skip(text, ", \t");
  if (!text.starts_with('<')) return std::nullopt;
  text.remove_prefix(1);
  Link link{std::string(take_until(text, ">"))};
  if (text.empty()) return std::nullopt;
  text.remove_prefix(1);
  for (skip(text, blanks); text.starts_with(';'); skip(text, blanks)) {
    skip(text, "; \t");
    const std::string_view name = take_until(text, "= \t;,");
    skip(text, blanks);
    std::string value;
    if (text.starts_with('=')) {
      text.remove_prefix(1);
      skip(text, blanks);
      value = take_value(text);
    }
    // Of several the first counts.
    if (link.relation.empty() && equal_ignoring_case(name, "rel")) link.relation = value;
  }
  return link;
}

}  // namespace

std::string link_target(const Headers& headers, std::string_view relation) {
  for (const std::string& field : headers.all("Link")) {
    std::string_view rest = field;
    while (auto link = take_link(rest)) {
      if (has_word(link->relation, relation)) return link->target;
    }
  }
  return {};
}

}  // namespace ocimux
