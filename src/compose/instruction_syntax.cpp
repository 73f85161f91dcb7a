#include "compose/instruction_syntax.hpp"

#include <ocimux/base/error.hpp>

#include "compose/words.hpp"
#include "spec/json.hpp"
#include "spec/letter_case.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>

namespace ocimux {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

Error malformed(const std::string& expected, std::string_view found) {
  return {Errc::invalid_argument, "expected " + expected + ", found '" + std::string(found) + "'"};
}

std::vector<std::string> blank_separated(std::string_view text) {
  std::vector<std::string> words;
  for (text = trimmed(text); !text.empty();) {
    const std::size_t end = std::min(text.find_first_of(blanks), text.size());
    words.emplace_back(text.substr(0, end));
    text = trimmed(text.substr(end));
  }
  return words;
}

// Nothing for text that is no JSON array: a shell's command, or words.
std::optional<std::vector<std::string>> array_form(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  Json array;
  try {
    array = Json::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
  if (!array.is_array()) return std::nullopt;
  std::vector<std::string> strings;
  for (const Json& item : array.as_array()) {
    if (!item.is_string()) throw malformed("an array of strings only", text);
    strings.push_back(item.as_string());
  }
  return strings;
}

/// `--name`, `--name=value` in front of the arguments, quotes and escapes taken away.
class FlagReader {
 public:
  FlagReader(std::string_view text, char escape) : rest_(text), escape_(escape) {}

  std::vector<std::string> read() {
    std::vector<std::string> flags;
    for (rest_ = trimmed(rest_); rest_.starts_with("--"); rest_ = trimmed(rest_)) {
      const std::string word = next_word();
      if (word == "--") break;
      if (!word.empty()) flags.push_back(word);
    }
    return flags;
  }
  [[nodiscard]] std::string_view rest() const { return trimmed(rest_); }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string next_word() {
    std::string word;
    char quote = '\0';
    while (!rest_.empty() && (quote != '\0' || !is_blank(rest_.front()))) {
      const char c = take();
      if (c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c != escape_) {
        word += c;
      } else if (!rest_.empty()) {
        word += take();
      }
    }
    return word;
  }

  std::string_view rest_;
  char escape_;
};

struct Parts {
  std::string keyword;
  std::vector<std::string> flags;
  std::string_view rest;
};

Parts split(std::string_view line, char escape) {
  const std::string_view text = trimmed(line);
  const std::size_t end = std::min(text.find_first_of(blanks), text.size());
  FlagReader reader(text.substr(end), escape);
  std::vector<std::string> flags = reader.read();
  return {upper(text.substr(0, end)), std::move(flags), reader.rest()};
}

// The old form is a name, and all the rest as its value.
std::vector<std::string> pairs(std::string_view rest, char escape) {
  const std::vector<std::string> words = raw_words(rest, escape);
  if (words.empty()) throw malformed("NAME=VALUE", rest);
  if (words.front().find('=') == std::string::npos) {
    const std::size_t blank = rest.find_first_of(blanks);
    if (blank == std::string_view::npos) throw malformed("NAME=VALUE", rest);
    return {std::string(rest.substr(0, blank)), std::string(trimmed(rest.substr(blank)))};
  }
  std::vector<std::string> all;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) throw malformed("NAME=VALUE", word);
    all.push_back(word.substr(0, equals));
    all.push_back(word.substr(equals + 1));
  }
  return all;
}

void parse_pairs(Instruction& parsed, std::string_view rest, char escape) {
  parsed.arguments = pairs(rest, escape);
}

void parse_arg(Instruction& parsed, std::string_view rest, char escape) {
  parsed.arguments = raw_words(rest, escape);
  if (parsed.arguments.empty()) throw malformed("NAME or NAME=VALUE", rest);
  for (const std::string& word : parsed.arguments) {
    if (word.starts_with('=')) throw malformed("NAME or NAME=VALUE", word);
  }
}

void parse_text(Instruction& parsed, std::string_view rest, char /*escape*/) {
  if (rest.empty()) throw malformed("a value", rest);
  parsed.arguments = {std::string(rest)};
}

void parse_command(Instruction& parsed, std::string_view rest, char /*escape*/) {
  if (auto array = array_form(rest)) {
    parsed.arguments = std::move(*array);
    parsed.is_array = true;
  } else {
    parsed.arguments = {std::string(rest)};
  }
}

void parse_list(Instruction& parsed, std::string_view rest, char /*escape*/) {
  if (auto array = array_form(rest)) {
    parsed.arguments = std::move(*array);
    parsed.is_array = true;
  } else {
    parsed.arguments = blank_separated(rest);
  }
}

void parse_volume(Instruction& parsed, std::string_view rest, char escape) {
  parse_list(parsed, rest, escape);
  if (parsed.arguments.empty()) throw malformed("a path", rest);
  for (std::string& path : parsed.arguments) {
    path = std::string(trimmed(path));
    if (path.empty()) throw malformed("paths that are not empty", rest);
  }
}

void parse_copy(Instruction& parsed, std::string_view rest, char escape) {
  parse_list(parsed, rest, escape);
  if (parsed.arguments.size() < 2) throw malformed("a source and a destination", rest);
}

void parse_expose(Instruction& parsed, std::string_view rest, char /*escape*/) {
  parsed.arguments = blank_separated(rest);
  if (parsed.arguments.empty()) throw malformed("a value", rest);
  std::sort(parsed.arguments.begin(), parsed.arguments.end());  // the order of the history
}

void parse_shell(Instruction& parsed, std::string_view rest, char escape) {
  const auto expected = [&] { return malformed(R"(["program", "argument", …])", rest); };
  try {
    parse_command(parsed, rest, escape);
  } catch (const Error&) {
    throw expected();
  }
  if (!parsed.is_array || parsed.arguments.empty()) throw expected();
}

void parse_healthcheck(Instruction& parsed, std::string_view rest, char escape) {
  const std::size_t end = std::min(rest.find_first_of(blanks), rest.size());
  const std::string kind = upper(rest.substr(0, end));
  const std::string_view what = trimmed(rest.substr(end));
  const auto expected = [&] { return malformed("CMD and a command, or NONE", rest); };
  if (kind == "NONE" && what.empty()) {
    parsed.arguments = {kind};
    return;
  }
  if (kind != "CMD" || what.empty()) throw expected();
  parse_command(parsed, what, escape);
  if (parsed.arguments.empty()) throw expected();
  parsed.arguments.insert(parsed.arguments.begin(), kind);
}

// What is refused where it stands; the rest when it is executed.
void check_trigger(std::string_view rest, char escape) {
  const Parts trigger = split(rest, escape);
  const std::string& keyword = trigger.keyword;
  const bool has_pairs = keyword == "ENV" || keyword == "LABEL";
  if (has_pairs && !trigger.rest.empty()) static_cast<void>(pairs(trigger.rest, escape));
  if (keyword == "ONBUILD" || keyword == "FROM" || keyword == "MAINTAINER") {
    throw malformed("an instruction that Docker allows there", keyword);
  }
}

void parse_trigger(Instruction& parsed, std::string_view rest, char escape) {
  parse_text(parsed, rest, escape);
  check_trigger(rest, escape);
}

bool is_stage_name(const std::string& name) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && is_lower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return is_lower(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

void parse_from(Instruction& parsed, std::string_view rest, char /*escape*/) {
  parsed.arguments = blank_separated(rest);
  std::vector<std::string>& words = parsed.arguments;
  if (words.size() != 1 && (words.size() != 3 || upper(words[1]) != "AS")) {
    throw malformed("FROM IMAGE or FROM IMAGE AS NAME", "FROM " + std::string(rest));
  }
  if (words.size() == 1) return;
  const std::string name = lower(words[2]);
  if (!is_stage_name(name)) {
    throw malformed("a stage name of letters, digits, -, _ and ., with a letter first", words[2]);
  }
  words = {words[0], name};
}

struct Form {
  void (*parse)(Instruction&, std::string_view rest, char escape);
  std::vector<std::string_view> flags = {};     // with a value
  std::vector<std::string_view> switches = {};  // true or false, or nothing
};

const std::map<std::string, Form, std::less<>>& forms() {
  static const std::map<std::string, Form, std::less<>> all{
      {"ADD",
       {parse_copy, {"chown", "chmod", "checksum", "exclude"}, {"link", "keep-git-dir", "unpack"}}},
      {"ARG", {parse_arg}},
      {"CMD", {parse_command}},
      {"COPY", {parse_copy, {"chown", "from", "chmod", "exclude"}, {"link", "parents"}}},
      {"ENTRYPOINT", {parse_command}},
      {"ENV", {parse_pairs}},
      {"EXPOSE", {parse_expose}},
      {"FROM", {parse_from, {"platform"}}},
      {"HEALTHCHECK",
       {parse_healthcheck, {"interval", "timeout", "start-period", "start-interval", "retries"}}},
      {"LABEL", {parse_pairs}},
      {"MAINTAINER", {parse_text}},
      {"ONBUILD", {parse_trigger}},
      {"RUN", {parse_command, {"mount", "network", "security", "device"}}},
      {"SHELL", {parse_shell}},
      {"STOPSIGNAL", {parse_text}},
      {"USER", {parse_text}},
      {"VOLUME", {parse_volume}},
      {"WORKDIR", {parse_text}}};
  return all;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool may_repeat(std::string_view flag) {
  return flag == "mount" || flag == "exclude" || flag == "device";
}

std::string expected_flags(const Form& form) {
  std::vector<std::string_view> all = form.flags;
  all.insert(all.end(), form.switches.begin(), form.switches.end());
  std::string text;
  for (const std::string_view flag : all) {
    text += text.empty() ? "--" : flag == all.back() ? " or --" : ", --";
    text += flag;
  }
  return text.empty() ? "no flags" : text;
}

void check_flags(const Instruction& instruction, const Form& form) {
  std::vector<std::string> seen;
  for (const std::string& flag : instruction.flags) {
    const std::size_t equals = flag.find('=');
    const std::string name = flag.substr(2, std::min(equals, flag.size()) - 2);
    const bool has_value = equals != std::string::npos;
    const bool known = contains(form.switches, name) ? !has_value || equals + 1 < flag.size()
                                                     : contains(form.flags, name) && has_value;
    if (!known) throw malformed(expected_flags(form), flag);
    if (std::find(seen.begin(), seen.end(), name) != seen.end() && !may_repeat(name)) {
      throw malformed("each flag once", flag);
    }
    seen.push_back(name);
  }
}

}  // namespace

std::optional<std::string> Instruction::flag(std::string_view name) const {
  const std::string begin = "--" + std::string(name) + "=";
  for (const std::string& flag : flags) {
    if (flag.starts_with(begin)) return flag.substr(begin.size());
  }
  return std::nullopt;
}

Instruction parse_instruction(std::string_view line, char escape) {
  const Parts parts = split(line, escape);
  const auto form = forms().find(parts.keyword);
  if (form == forms().end()) {
    const std::string_view text = trimmed(line);
    std::string known;
    for (const auto& [name, unused] : forms()) known += (known.empty() ? "" : ", ") + name;
    throw Error(malformed("a Dockerfile instruction",
                          text.substr(0, std::min(text.find_first_of(blanks), text.size())))
                    .hinting("there are " + known));
  }
  return within(parts.keyword, [&] {
    Instruction parsed{parts.keyword, parts.flags, {}};
    form->second.parse(parsed, parts.rest, escape);
    const bool ignored = parsed.keyword == "ARG" || parsed.keyword == "STOPSIGNAL" ||
                         (parsed.keyword == "HEALTHCHECK" && parsed.arguments.front() == "NONE");
    if (!ignored) check_flags(parsed, form->second);
    if (parsed.keyword == "ONBUILD") {
      // With the blanks behind it, as BuildKit keeps it.
      const auto begin = static_cast<std::size_t>(parts.rest.data() - line.data());
      parsed.arguments = {std::string(line.substr(begin))};
    }
    return parsed;
  });
}

bool takes_heredocs(std::string_view line, char escape) {
  Parts parts = split(line, escape);
  if (parts.keyword == "ONBUILD") parts = split(parts.rest, escape);
  return (parts.keyword == "RUN" || parts.keyword == "COPY" || parts.keyword == "ADD") &&
         !array_form(parts.rest);
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace ocimux
