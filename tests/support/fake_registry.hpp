#pragma once

#include "registry/repository.hpp"
#include "support/fake_transport.hpp"
#include "support/image_builder.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ocimux::test {

/// A registry with one repository, `r.example/a/b`, in memory: what `builder` made, and tags.
class FakeRegistry {
 public:
  FakeRegistry() {
    transport->otherwise([this](const Request& request) { return serve(request); });
  }

  [[nodiscard]] Repository repository() {
    return {transport, Url::parse("https://r.example/"), "a/b", noting(waits, 1)};
  }

  /// Puts @p document under @p tag.
  void tag(const std::string& name, const std::string& document) {
    tags[name] = builder.blob(document);
  }
  /// A manifest that speaks of @p subject, with one layer; listed when asked for.
  std::string refer_to(const std::string& subject, const std::string& content) {
    const std::string manifest = builder.image(
        {.layers = {content},
         .manifest_members = R"(,"subject":)" + descriptor(type_of(subject), subject)});
    referrers[sha256(subject)].push_back(descriptor(oci_manifest_type, manifest));
    return manifest;
  }

  /// `METHOD PATH` of every request, the path below the repository's.
  [[nodiscard]] std::vector<std::string> asked(const std::string& about = "") const {
    std::vector<std::string> all;
    for (const Request& request : transport->requests) {
      const std::string& url = request.url.string();
      const std::string line = request.method + " " + url.substr(url.find("/a/b/") + 5);
      if (line.find(about) != std::string::npos) all.push_back(line);
    }
    return all;
  }

  static std::string type_of(const std::string& document) {
    return document.find("\"manifests\"") != std::string::npos ? oci_index_type : oci_manifest_type;
  }

  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  LayoutBuilder builder;
  std::map<std::string, std::string> tags;
  std::map<std::string, std::vector<std::string>> referrers;  ///< by subject
  bool has_api = true;                                        ///< to list referrers
  std::set<std::string> broken;                               ///< blobs that break in their middle
  std::vector<std::chrono::milliseconds> waits;

 private:
  Response serve(const Request& request) {
    const std::string& url = request.url.string();
    const std::string name = url.substr(url.rfind('/') + 1);
    if (url.find("/referrers/") != std::string::npos) return list(request, name);
    const auto known = tags.find(name);
    const auto blob = builder.blobs.find(known == tags.end() ? name : known->second);
    if (blob == builder.blobs.end()) return FakeTransport::answer(request, 404, "");
    if (broken.contains(name)) {
      return {200, {}, std::make_unique<BreakingSource>(blob->second.substr(0, 1)), request.url};
    }
    return FakeTransport::answer(request, 200, request.method == "HEAD" ? "" : blob->second,
                                 {{"Content-Type", type_of(blob->second)},
                                  {"Content-Length", std::to_string(blob->second.size())}});
  }

  Response list(const Request& request, const std::string& subject) {
    if (!has_api) return FakeTransport::answer(request, 404, "");
    std::string entries;
    if (const auto found = referrers.find(subject); found != referrers.end()) {
      for (const std::string& entry : found->second) {
        entries += (entries.empty() ? "" : ",") + entry;
      }
    }
    return FakeTransport::answer(request, 200,
                                 R"({"schemaVersion":2,"manifests":[)" + entries + "]}",
                                 {{"Content-Type", oci_index_type}});
  }
};

}  // namespace ocimux::test
