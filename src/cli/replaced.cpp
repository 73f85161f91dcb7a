#include "cli/replaced.hpp"

#include "cli/text.hpp"

namespace ocimux::cli {

Json replaced_json(const std::vector<Replaced>& replaced) {
  Json::Array all;
  for (const Replaced& one : replaced) {
    all.push_back(Json::Object{{"what", valid_utf8(one.what)},
                               {"before", one.before.string()},
                               {"after", one.after.string()}});
  }
  return all;
}

std::string replaced_text(const std::vector<Replaced>& replaced) {
  std::string text;
  for (const Replaced& one : replaced) {
    text += "  " + printable(one.what) + ": " + one.before.string() + " -> " + one.after.string() +
            "\n";
  }
  return text;
}

}  // namespace ocimux::cli
