// What registries say in headers: challenges, links, addresses.

#include "fuzz/fuzzing.hpp"
#include "registry/challenge.hpp"
#include "registry/link.hpp"
#include "registry/url.hpp"

#include <algorithm>

namespace ocimux::fuzz {
namespace {

std::string in_quotes(std::string_view text) {
  std::string all = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    all += c;
  }
  return all + "\"";
}

std::string written(const std::vector<Challenge>& challenges) {
  std::string text;
  for (const Challenge& challenge : challenges) {
    text += (text.empty() ? "" : ", ") + challenge.scheme;
    std::string_view separator = " ";
    for (const auto& [name, value] : challenge.parameters) {
      text += std::string(separator) + name + "=" + in_quotes(value);
      separator = ",";
    }
  }
  return text;
}

bool same(const std::vector<Challenge>& a, const std::vector<Challenge>& b) {
  return std::ranges::equal(a, b, [](const Challenge& x, const Challenge& y) {
    return x.scheme == y.scheme && x.parameters == y.parameters;
  });
}

void check_challenges(std::string_view text) {
  const auto challenges = parse_challenges(text);
  require(same(parse_challenges(written(challenges)), challenges),
          "challenges are written as they were read");
}

void check_link(std::string_view text) {
  const Headers headers{{"Link", std::string(text)}};
  const std::string target = link_target(headers, "next");
  require(target.find('>') == std::string::npos, "a target ends where it ends");
  require(text.find(target) != std::string_view::npos, "a target is a part of the field");
}

void check_url(std::string_view text) {
  const Url base = Url::parse("https://registry.example.com/v2/a/tags/list?n=1");
  tolerate([&] {
    const Url url = base.resolve(text);
    require(url.origin().scheme == "https" || url.origin().scheme == "http",
            "an address is one of HTTP");
    const Url again = Url::parse(url.string());
    require(again.string() == url.string() && again.origin() == url.origin(),
            "an address is read as it was written");
    require(url.shown().find('?') == std::string::npos, "no query is shown");
    require(url.string().find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
            "no address breaks a line");
    static_cast<void>(url.with_query("scope", text));
  });
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = ocimux::fuzz::text_of(data, size);
  ocimux::fuzz::check_challenges(text);
  ocimux::fuzz::check_link(text);
  ocimux::fuzz::check_url(text);
  return 0;
}
