#include "compose/shell_pattern.hpp"

#include <ocimux/base/error.hpp>

#include "compose/words.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace ocimux {
namespace {

// Characters are compared whole; a byte that is no UTF-8 is one of its own.
using Characters = std::vector<std::string>;

Characters characters(std::string_view text) {
  Characters all;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    length = std::min(length, text.size());
    for (std::size_t i = 1; i < length; ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80) length = i;
    }
    all.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return all;
}

std::string joined(const Characters& all, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += all[i];
  return text;
}

enum class Kind { character, any, many };

struct Part {
  Kind kind = Kind::character;
  std::string character = {};
};

constexpr std::size_t longest_pattern = 1000;  // each `*` is a call
constexpr std::int64_t most_steps = 20'000'000;

std::vector<Part> parts_of(const std::string& pattern) {
  const Characters all = characters(pattern);
  if (all.size() > longest_pattern) {
    throw Error(Errc::invalid_argument, "expected a pattern of at most 1000 characters, found " +
                                            std::to_string(all.size()));
  }
  std::vector<Part> parts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == "*") {
      parts.push_back({Kind::many});
    } else if (all[i] == "?") {
      parts.push_back({Kind::any});
    } else if (all[i] != "\\") {
      parts.push_back({Kind::character, all[i]});
    } else {
      const std::string escaped = i + 1 < all.size() ? all[i + 1] : "";
      if (escaped == "}" || escaped == "/") continue;
      if (escaped != "*" && escaped != "?" && escaped != "\\") {
        throw Error(Errc::invalid_argument, R"(expected \*, \?, \\, \/ or \} in the pattern ')" +
                                                pattern + "', found \\" + escaped);
      }
      parts.push_back({Kind::character, escaped});
      ++i;
    }
  }
  return parts;
}

/// Tries what a regular expression would, in its order, so that the first match is the same.
class Matcher {
 public:
  Matcher(const Characters& value, const std::vector<Part>& parts, PatternLength length)
      : value_(value), parts_(parts), length_(length) {}

  /// Where a match that begins at @p at ends.
  std::optional<std::size_t> end_of_match(std::size_t at) { return match(at, 0); }

 private:
  void step() {
    if (++steps_ > most_steps) {
      throw Error(Errc::invalid_argument, "expected a simpler pattern, found one with too many *");
    }
  }

  std::optional<std::size_t> match(std::size_t at, std::size_t part) {
    for (; part < parts_.size(); ++part, ++at) {
      step();
      if (parts_[part].kind == Kind::many) return match_many(at, part + 1);
      if (at == value_.size()) return std::nullopt;
      const bool same = parts_[part].kind == Kind::any ? value_[at] != "\n"
                                                       : value_[at] == parts_[part].character;
      if (!same) return std::nullopt;
    }
    return at;
  }

  std::optional<std::size_t> match_many(std::size_t at, std::size_t part) {
    std::size_t last = at;
    if (length_ == PatternLength::longest) {
      while (last < value_.size() && value_[last] != "\n") {
        step();
        ++last;
      }
      for (std::size_t to = last + 1; to-- > at;) {
        if (auto end = match(to, part)) return end;
      }
      return std::nullopt;
    }
    for (std::size_t to = at;; ++to) {
      if (auto end = match(to, part)) return end;
      if (to == value_.size() || value_[to] == "\n") return std::nullopt;
    }
  }

  const Characters& value_;
  const std::vector<Part>& parts_;
  PatternLength length_;
  std::int64_t steps_ = 0;
};

}  // namespace

std::string without_prefix(const std::string& value, const std::string& pattern,
                           PatternLength length) {
  const Characters all = characters(value);
  const std::vector<Part> parts = parts_of(pattern);
  const auto end = Matcher(all, parts, length).end_of_match(0);
  return joined(all, end.value_or(0), all.size());
}

// The shortest match at the end is that at the beginning, seen in a mirror.
std::string without_suffix(const std::string& value, const std::string& pattern,
                           PatternLength length) {
  Characters all = characters(value);
  std::vector<Part> parts = parts_of(pattern);
  std::reverse(all.begin(), all.end());
  std::reverse(parts.begin(), parts.end());
  const auto end = Matcher(all, parts, length).end_of_match(0);
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(end.value_or(0)));
  std::reverse(all.begin(), all.end());
  return joined(all, 0, all.size());
}

std::string with_replaced(const std::string& value, const std::string& pattern,
                          const std::string& text, PatternCount count) {
  const Characters all = characters(value);
  const std::vector<Part> parts = parts_of(pattern);
  Matcher matcher(all, parts, PatternLength::longest);
  std::string result;
  std::size_t at = 0;
  std::optional<std::size_t> before;  // where the match before this ended
  while (at <= all.size()) {
    const auto end = matcher.end_of_match(at);
    // As in regular expressions, nothing at the end of a match is no further match.
    if (end && (*end != at || before != at)) {
      result += text;
      if (result.size() > longest_word) {
        throw Error(Errc::invalid_argument, "expected a word of at most 1 MiB, found more once " +
                                                pattern + " is replaced in it");
      }
      before = *end;
      if (count == PatternCount::first) return result + joined(all, *end, all.size());
      if (*end > at) {
        at = *end;
        continue;
      }
    }
    if (at < all.size()) result += all[at];
    ++at;
  }
  return result;
}

}  // namespace ocimux
