#include "jobs/foreign_layer.hpp"

#include "spec/json.hpp"

#include <string>

namespace ocimux {

void warn_of_foreign_layer(const Descriptor& layer, std::string_view place, Progress& progress) {
  std::string urls;
  if (!layer.others.empty()) {
    for (const std::string& url : strings_member(Json::parse(layer.others), "urls")) {
      urls += " " + url;
    }
  }
  progress.warn("the foreign layer " + layer.digest.string() + " is not in " + std::string(place) +
                "; runtimes fetch it from" + (urls.empty() ? " a place that is not named" : urls));
}

}  // namespace ocimux
