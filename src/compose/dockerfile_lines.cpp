#include "compose/dockerfile_lines.hpp"

#include <ocimux/base/error.hpp>

#include "compose/heredoc.hpp"
#include "compose/instruction_syntax.hpp"
#include "spec/letter_case.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace ocimux {
namespace {

constexpr std::size_t longest_line = 65535;  // BuildKit's
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view without_line_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of("\r\n") + 1);
}

std::string_view without_leading_blanks(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t\n\v\f\r"), line.size()));
  return line;
}

bool is_comment(std::string_view line) { return without_leading_blanks(line).starts_with('#'); }

/// `# escape=` and its like: comments at the very top with a meaning.
class Directives {
 public:
  /// True when @p line is one.
  bool take(std::string_view line) {
    if (over_) return false;
    const auto named = parse(line);
    over_ = !named;
    if (!named) return false;
    if (!seen_.insert(named->name).second) {
      throw Error(Errc::invalid_argument,
                  "expected one directive " + named->name + ", found a second one");
    }
    if (named->name == "escape") {
      if (named->value != "\\" && named->value != "`") {
        throw Error(Errc::invalid_argument,
                    "expected the escape character \\ or `, found '" + named->value + "'");
      }
      escape_ = named->value.front();
    }
    return true;
  }

  [[nodiscard]] char escape() const { return escape_; }

 private:
  struct Named {
    std::string name;
    std::string value;
  };

  static std::optional<Named> parse(std::string_view line) {
    if (!line.starts_with('#')) return std::nullopt;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string name = lower(trimmed(line.substr(1, equals - 1)));
    const std::string value(trimmed(line.substr(equals + 1)));
    const bool known = name == "syntax" || name == "escape" || name == "check";
    if (!known || value.empty()) return std::nullopt;
    return Named{name, value};
  }

  std::set<std::string> seen_;
  char escape_ = '\\';
  bool over_ = false;
};

class LineReader {
 public:
  LineReader(std::string_view text, std::string_view name) : rest_(text), name_(name) {
    if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
  }

  DockerfileLines read() {
    DockerfileLines all;
    while (!rest_.empty()) {
      if (auto line = next_instruction()) all.lines.push_back(std::move(*line));
    }
    all.escape = directives_.escape();
    if (all.lines.empty()) {
      throw Error(Errc::invalid_argument,
                  std::string(name_) + ": expected a Dockerfile, found no instruction in it");
    }
    return all;
  }

 private:
  std::string_view take() {
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end == std::string_view::npos ? end : end + 1);
    rest_.remove_prefix(line.size());
    ++number_;
    if (line.size() > longest_line) {
      throw Error(Errc::invalid_argument, dockerfile_place(name_, number_) +
                                              ": expected lines of less than 64 KiB, found " +
                                              std::to_string(line.size()) + " bytes");
    }
    return line;
  }

  // Takes the mark of a continued line off @p line; false where it has none.
  bool take_continuation(std::string_view& line) const {
    const char escape = directives_.escape();
    const std::string_view text = line.substr(0, line.find_last_not_of(" \t") + 1);
    if (!text.ends_with(escape)) return false;
    if (text.size() > 1 && text[text.size() - 2] == escape) return false;
    line = text.substr(0, text.size() - 1);
    return true;
  }

  // A directive in @p line counts, a comment is nothing.
  std::string_view content(std::string_view line) {
    within(dockerfile_place(name_, number_), [&] { static_cast<void>(directives_.take(line)); });
    return is_comment(line) ? std::string_view() : line;
  }

  std::optional<DockerfileLine> next_instruction() {
    std::string_view part = content(without_leading_blanks(without_line_end(take())));
    DockerfileLine line{"", number_};
    bool goes_on = take_continuation(part);
    if (!goes_on && part.empty()) return std::nullopt;
    line.text = part;
    while (goes_on && !rest_.empty()) {
      part = content(without_line_end(take()));
      if (without_leading_blanks(part).empty()) continue;  // also where it was a comment
      goes_on = take_continuation(part);
      line.text += part;
    }
    within(dockerfile_place(name_, line.number), [&] { take_heredocs(line); });
    return line;
  }

  void take_heredocs(DockerfileLine& line) {
    if (line.text.find("<<") == std::string::npos) return;
    if (!takes_heredocs(line.text, directives_.escape())) return;
    for (const HeredocMark& mark : heredoc_marks(line.text)) {
      DockerfileLine::Heredoc heredoc{mark.name, ""};
      bool ended = false;
      while (!ended && !rest_.empty()) {
        const std::string_view text = take();
        std::string_view end = without_line_end(text);
        if (mark.tabs_are_off) end.remove_prefix(std::min(end.find_first_not_of('\t'), end.size()));
        ended = end == mark.name;
        if (!ended) heredoc.body += text;
      }
      if (!ended) {
        throw Error(
            Errc::invalid_argument,
            "expected a line " + mark.name + " that ends the heredoc, found the end of the file");
      }
      line.heredocs.push_back(std::move(heredoc));
    }
  }

  std::string_view rest_;
  std::string_view name_;
  int number_ = 0;
  Directives directives_;
};

}  // namespace

DockerfileLines read_dockerfile_lines(std::string_view text, std::string_view name) {
  return LineReader(text, name).read();
}

std::string dockerfile_place(std::string_view name, int line) {
  return std::string(name) + ":" + std::to_string(line);
}

}  // namespace ocimux
