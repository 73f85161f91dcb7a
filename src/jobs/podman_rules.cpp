#include "jobs/runtime_rules.hpp"

#include <algorithm>

namespace ocimux {
namespace {

constexpr std::string_view zstd_annotation = "io.github.containers.compression.zstd";

/// What podman knows to run each other, the best first.
std::vector<std::string> variants_of(std::string_view architecture) {
  if (architecture == "arm") return {"v8", "v7", "v6", "v5"};
  if (architecture == "arm64") return {"v8"};
  return {};
}

/// The variants that are taken, the best first: with one that was found out, it and what is behind
/// it in the list; without, those without a variant and then the whole list.
std::vector<std::string> wanted_variants(const MatchNode& node) {
  const std::vector<std::string> known = variants_of(node.platform.architecture);
  std::vector<std::string> wanted;
  if (node.variant.empty()) {
    wanted = known;
    wanted.insert(wanted.begin(), "");
    return wanted;
  }
  wanted.assign(std::find(known.begin(), known.end(), node.variant), known.end());
  if (wanted.empty()) wanted.push_back(node.variant);
  wanted.emplace_back("");
  return wanted;
}

std::string listed(const std::vector<std::string>& variants) {
  std::string text;
  for (const std::string& variant : variants) {
    text += (text.empty() ? "" : ", ") + (variant.empty() ? "none" : variant);
  }
  return text;
}

std::string unequal(std::string_view what, const std::string& found, const std::string& wanted,
                    const std::string& normalized) {
  std::string reason = "its " + std::string(what) + " is " + found;
  if (normalized == wanted) reason += ", and podman asks for " + wanted + " to the letter";
  return reason;
}

std::string mismatch(const Platform& image, const Platform& node,
                     const std::vector<std::string>& variants) {
  const Platform normal = image.normalized();
  if (image.os != node.os) return unequal("os", image.os, node.os, normal.os);
  if (image.architecture != node.architecture) {
    return unequal("architecture", image.architecture, node.architecture, normal.architecture);
  }
  return "its variant is " + (image.variant.empty() ? "none" : image.variant) +
         "; the node takes: " + listed(variants);
}

Judgement judge(const Descriptor& entry, const Platform& node,
                const std::vector<std::string>& variants, ListKind kind) {
  const bool oci = kind == ListKind::oci_index;
  const auto found = entry.annotations.find(std::string(zstd_annotation));
  const bool zstd = oci && found != entry.annotations.end() && found->second == "true";
  const std::int64_t behind_zstd = zstd ? 0 : 1;
  if (!entry.platform) {
    if (!oci) return {false, "it has no platform, which podman asks for in a Docker list"};
    return {true, {}, {last_rank, behind_zstd}};
  }
  const Platform& image = *entry.platform;
  const auto variant = std::find(variants.begin(), variants.end(), image.variant);
  if (image.os != node.os || image.architecture != node.architecture || variant == variants.end()) {
    return {false, mismatch(image, node, variants)};
  }
  return {true, {}, {variant - variants.begin(), behind_zstd}};
}

}  // namespace

RuntimeRule podman_rule(const MatchNode& node, ListKind kind) {
  const std::vector<std::string> variants = wanted_variants(node);
  RuntimeRule rule{"podman"};
  rule.judge = [=, platform = node.platform](const Descriptor& entry) {
    return judge(entry, platform, variants, kind);
  };
  rule.nothing = std::string("no image found in ") +
                 (kind == ListKind::oci_index ? "image index" : "manifest list") +
                 " for architecture \"" + node.platform.architecture + "\", variant \"" +
                 variants.front() + "\", OS \"" + node.platform.os + "\"";
  return rule;
}

}  // namespace ocimux
