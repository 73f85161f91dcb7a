#include "cli/diff_report.hpp"

#include "cli/files_report.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <ostream>
#include <vector>

namespace ocimux::cli {
namespace {

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string value_text(const ValueDifference& value) {
  constexpr std::size_t longest = 200;
  const auto side = [&](const std::optional<std::string>& text) {
    if (!text) return std::string("(none)");
    std::string shown = printable(*text);
    if (shown.size() > longest) shown = printable(text->substr(0, longest)) + "…";
    return shown;
  };
  if (!value.before && !value.after) return "written otherwise (order of members, white space)";
  return printable(value.name) + ": " + side(value.before) + " -> " + side(value.after);
}

void print_values(const std::string& what, const std::vector<ValueDifference>& values,
                  std::ostream& out) {
  for (const ValueDifference& value : values) {
    const bool told = value.name.starts_with(what + ".");  // config.Env.PATH of a config
    out << "  " << (told ? "" : what + " ") << value_text(value) << "\n";
  }
}

const char* relation_text(LayerRelation relation) {
  switch (relation) {
    case LayerRelation::gzip_time: return ": the same but for the time in gzip's header";
    case LayerRelation::same_content: return ": the same content, compressed otherwise";
    case LayerRelation::same_but_times: return ": the same but for times of files";
    case LayerRelation::same_members:
      return ": the same files, their tar headers written otherwise";
    case LayerRelation::only_before:
    case LayerRelation::only_after:
    case LayerRelation::other: break;
  }
  return "";
}

std::string layer_text(const LayerDifference& layer) {
  const auto side = [](const auto& place, const auto& stored, const auto& diff_id) {
    if (!place) return std::string("(none)");
    return stored ? stored->digest.string() : "DiffID " + diff_id->string();
  };
  const std::size_t place = layer.place_before ? *layer.place_before : *layer.place_after;
  return "layer " + std::to_string(place + 1) + ": " +
         side(layer.place_before, layer.before, layer.diff_id_before) + " -> " +
         side(layer.place_after, layer.after, layer.diff_id_after) + relation_text(layer.relation);
}

std::string sizes_text(const FileDifference& file) {
  return file.before->size == file.after->size
             ? "content"
             : "content (" + std::to_string(file.before->size) + " -> " +
                   std::to_string(file.after->size) + " bytes)";
}

std::string aspect_text(FileAspect aspect, const FileDifference& file) {
  const FileEntry& a = *file.before;
  const FileEntry& b = *file.after;
  const auto change = [&](const std::string& before, const std::string& after) {
    return std::string(name_of(aspect)) + " " + before + " -> " + after;
  };
  switch (aspect) {
    case FileAspect::kind:
      return change(std::string(name_of(a.kind)), std::string(name_of(b.kind)));
    case FileAspect::content: return sizes_text(file);
    case FileAspect::mode: return change(octal_text(a.mode), octal_text(b.mode));
    case FileAspect::owner:
      return change(std::to_string(a.uid) + ":" + std::to_string(a.gid),
                    std::to_string(b.uid) + ":" + std::to_string(b.gid));
    case FileAspect::target: return change(printable(a.link_target), printable(b.link_target));
    case FileAspect::time:
      return change(time_text(a.mtime, a.mtime_nanoseconds),
                    time_text(b.mtime, b.mtime_nanoseconds));
    default: return std::string(name_of(aspect));
  }
}

std::string file_text(const FileDifference& file) {
  if (!file.before) return "+ " + printable(file.path());
  if (!file.after) return "- " + printable(file.path());
  std::vector<std::string> why;
  for (const FileAspect aspect : file.aspects) {
    const bool told = aspect != FileAspect::time || file.only_time();
    if (told) why.push_back(aspect_text(aspect, file));
  }
  return "~ " + printable(file.path()) + ": " + joined(why);
}

constexpr std::size_t times_listed = 5;  // one says what all do

struct Counts {
  std::size_t added = 0;
  std::size_t removed = 0;
  std::size_t changed = 0;
  std::size_t times = 0;
};

Counts count(const std::vector<FileDifference>& files) {
  Counts counts;
  for (const FileDifference& file : files) {
    if (!file.before) {
      ++counts.added;
    } else if (!file.after) {
      ++counts.removed;
    } else {
      ++(file.only_time() ? counts.times : counts.changed);
    }
  }
  return counts;
}

std::string counts_text(const Counts& counts) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t number, const std::string& what) {
    if (number != 0) parts.push_back(std::to_string(number) + " " + what);
  };
  add(counts.added, "added");
  add(counts.removed, "removed");
  add(counts.changed, "changed");
  add(counts.times, "with another time only");
  return joined(parts);
}

void print_files(const std::vector<FileDifference>& files, std::size_t most, std::ostream& out) {
  if (files.empty()) return;
  const Counts counts = count(files);
  out << "  files: " << counts_text(counts) << "\n";
  const bool times = counts.times == files.size();
  const std::size_t listed = times ? files.size() : files.size() - counts.times;
  if (times && most != SIZE_MAX) most = std::min(most, times_listed);
  std::size_t left = std::min(most, listed);
  for (const FileDifference& file : files) {
    if (!times && most != SIZE_MAX && file.only_time()) continue;
    if (most != SIZE_MAX && left-- == 0) break;
    out << "    " << file_text(file) << "\n";
  }
  if (listed > most) out << "    … and " << listed - most << " more (--all lists them)\n";
}

std::string platform_text(const std::optional<Platform>& platform) {
  return platform ? printable(platform->string()) : "the image";
}

void print_image(const ImageDifference& image, std::size_t most, std::ostream& out) {
  out << platform_text(image.platform);
  if (image.before && image.after && image.before != image.after) {
    out << "  " << image.before->string() << " -> " << image.after->string();
  }
  out << "\n";
  print_values("descriptor", image.descriptor, out);
  print_values("manifest", image.manifest, out);
  print_values("config", image.config, out);
  for (const LayerDifference& layer : image.layers) out << "  " << layer_text(layer) << "\n";
  print_files(image.files, most, out);
}

std::string attestation_text(const AttestationDifference& attestation) {
  using Kind = AttestationDifference::Kind;
  const std::string what = "attestation of " + platform_text(attestation.platform) + ": " +
                           printable(attestation.predicate);
  if (attestation.kind == Kind::only_before) return what + " only in the first";
  if (attestation.kind == Kind::only_after) return what + " only in the second";
  return what + " says something else";
}

// What kinds of things differ.
std::string kinds_text(const Diff& diff) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t number, const char* one, const char* many) {
    if (number != 0) parts.push_back(counted(number, one, many));
  };
  std::size_t values = diff.index.size();
  std::size_t layers = 0;
  std::size_t files = 0;
  for (const ImageDifference& image : diff.differing) {
    values += image.descriptor.size() + image.manifest.size() + image.config.size();
    layers += image.layers.size();
    files += image.files.size();
  }
  add(diff.only_before.size(), "platform gone", "platforms gone");
  add(diff.only_after.size(), "platform new", "platforms new");
  add(values, "value", "values");
  add(layers, "layer", "layers");
  add(files, "file", "files");
  add(diff.attestations.size(), "attestation", "attestations");
  return joined(parts);
}

}  // namespace

std::string diff_summary(const Diff& diff) {
  const std::string names = printable(diff.before) + " and " + printable(diff.after);
  if (diff.same()) return names + ": no difference";
  return names + (diff.only_times() ? " differ in time stamps only: " : " differ: ") +
         kinds_text(diff) + ", in " + std::to_string(diff.differing.size()) + " of " +
         counted(diff.images, "image", "images");
}

void print_diff_text(const Diff& diff, std::size_t most, std::ostream& out) {
  out << diff_summary(diff) << "\n";
  for (const Platform& platform : diff.only_before) {
    out << printable(platform.string()) << "  only in the first\n";
  }
  for (const Platform& platform : diff.only_after) {
    out << printable(platform.string()) << "  only in the second\n";
  }
  if (!diff.index.empty()) out << "index\n";
  print_values("index", diff.index, out);
  for (const ImageDifference& image : diff.differing) print_image(image, most, out);
  for (const AttestationDifference& one : diff.attestations) out << attestation_text(one) << "\n";
}

}  // namespace ocimux::cli
