#include <ocimux/jobs/diff.hpp>

#include <algorithm>

namespace ocimux {
namespace {

bool only_times(const std::vector<ValueDifference>& values) {
  return std::all_of(values.begin(), values.end(), [](const auto& value) { return value.time; });
}

bool only_times(const ImageDifference& image) {
  return only_times(image.descriptor) && only_times(image.manifest) && only_times(image.config) &&
         std::all_of(image.layers.begin(), image.layers.end(),
                     [](const LayerDifference& layer) {
                       return layer.relation == LayerRelation::gzip_time ||
                              layer.relation == LayerRelation::same_but_times;
                     }) &&
         std::all_of(image.files.begin(), image.files.end(),
                     [](const FileDifference& file) { return file.only_time(); });
}

}  // namespace

std::string_view name_of(FileAspect aspect) {
  switch (aspect) {
    case FileAspect::kind: return "kind";
    case FileAspect::content: return "content";
    case FileAspect::mode: return "mode";
    case FileAspect::owner: return "owner";
    case FileAspect::target: return "target";
    case FileAspect::device: return "device";
    case FileAspect::xattrs: return "xattrs";
    case FileAspect::links: return "links";
    case FileAspect::time: return "time";
  }
  return "";
}

bool ImageDifference::empty() const {
  return descriptor.empty() && manifest.empty() && config.empty() && layers.empty() &&
         files.empty();
}

bool Diff::same() const {
  return only_before.empty() && only_after.empty() && index.empty() && differing.empty() &&
         attestations.empty();
}

bool Diff::only_times() const {
  return !same() && only_before.empty() && only_after.empty() && attestations.empty() &&
         ocimux::only_times(index) &&
         std::all_of(differing.begin(), differing.end(),
                     [](const ImageDifference& image) { return ocimux::only_times(image); });
}

}  // namespace ocimux
