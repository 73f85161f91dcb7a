#pragma once

#include "support/image_builder.hpp"
#include "support/loopback_server.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ocimux::test {

/// A small registry on a free port of 127.0.0.1, in memory, without TLS. It refuses what
/// distribution refuses: manifests whose blobs, and indexes whose manifests are not there.
class LoopbackRegistry final {
 public:
  bool has_referrers = false;          ///< lists them, and says so when one is stored
  std::set<std::string> refused = {};  ///< `METHOD path` beginnings that get a 403

  LoopbackRegistry() : server_([this](const LoopbackServer::Got& got) { return answer(got); }) {}

  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(server_.port()); }

  /// `METHOD path` of the requests since the last call, without upload addresses' own parts and
  /// without the one that finds out about TLS.
  std::vector<std::string> take_log() {
    const std::lock_guard lock(mutex_);
    return std::exchange(log_, {});
  }

  // `repository@digest` and `repository:tag`.
  [[nodiscard]] bool has(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return content_.contains(name);
  }
  [[nodiscard]] std::string content(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return content_.at(name);
  }
  void put(const std::string& name, const std::string& content) {
    const std::lock_guard lock(mutex_);
    content_[name] = content;
  }
  void erase(const std::string& name) {
    const std::lock_guard lock(mutex_);
    content_.erase(name);
  }

 private:
  static constexpr int created = 201;

  std::string answer(const LoopbackServer::Got& got) {
    const std::lock_guard lock(mutex_);
    if (got.path == "/v2/") return LoopbackServer::answer(200, "{}");
    const std::string path = got.path.substr(got.path.find("/v2/") + 4);
    log_.push_back(got.method + " " + path.substr(0, path.find("?state")));
    for (const std::string& beginning : refused) {
      if (log_.back().starts_with(beginning)) {
        return LoopbackServer::answer(403, R"({"errors":[{"code":"DENIED","message":"go away"}]})");
      }
    }
    for (const char* kind : {"/manifests/", "/blobs/uploads/", "/blobs/", "/referrers/"}) {
      const std::size_t at = path.find(kind);
      if (at == std::string::npos) continue;
      const std::string repository = path.substr(0, at);
      const std::string name = path.substr(at + std::string(kind).size());
      if (std::string(kind) == "/manifests/") return manifest(got, repository, name);
      if (std::string(kind) == "/blobs/") return blob(repository, name, got.method);
      if (std::string(kind) == "/blobs/uploads/") return upload(got, repository, name);
      return referrers(repository, name);
    }
    return LoopbackServer::answer(404, "");
  }

  std::string blob(const std::string& repository, const std::string& digest,
                   const std::string& method) {
    const auto found = content_.find(repository + "@" + digest);
    if (found == content_.end()) return LoopbackServer::answer(404, "");
    if (method != "HEAD") return LoopbackServer::answer(200, found->second);
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(found->second.size()) +
           "\r\n\r\n";
  }

  std::string upload(const LoopbackServer::Got& got, const std::string& repository,
                     const std::string& name) {
    if (got.method == "POST") {
      const std::size_t mount = name.find("mount=");
      if (mount != std::string::npos) {
        const std::string digest = value(name, "mount=");
        const auto from = content_.find(value(name, "from=") + "@" + digest);
        if (from != content_.end()) {
          content_[repository + "@" + digest] = from->second;
          return LoopbackServer::answer(created, "");
        }
      }
      return LoopbackServer::answer(202, "",
                                    "Location: /v2/" + repository + "/blobs/uploads/u?state=1\r\n");
    }
    const std::string digest = value(name, "digest=");
    if (sha256(got.body) != digest) return LoopbackServer::answer(400, "");
    content_[repository + "@" + digest] = got.body;
    return LoopbackServer::answer(created, "");
  }

  std::string manifest(const LoopbackServer::Got& got, const std::string& repository,
                       const std::string& version) {
    const std::string name =
        repository + (version.find(':') == std::string::npos ? ":" : "@") + version;
    if (got.method == "PUT") return store(got, repository, name);
    const auto found = content_.find(name);
    if (found == content_.end()) return LoopbackServer::answer(404, "");
    const bool index = found->second.find("\"manifests\"") != std::string::npos;
    const std::string headers = "Content-Type: " + (index ? oci_index_type : oci_manifest_type) +
                                "\r\nDocker-Content-Digest: " + sha256(found->second) + "\r\n";
    if (got.method != "HEAD") return LoopbackServer::answer(200, found->second, headers);
    return "HTTP/1.1 200 OK\r\n" + headers +
           "Content-Length: " + std::to_string(found->second.size()) + "\r\n\r\n";
  }

  std::string store(const LoopbackServer::Got& got, const std::string& repository,
                    const std::string& name) {
    const std::string subject = digest_behind(got.body, "\"subject\"");
    for (const std::string& needed : digests_in(got.body)) {
      if (needed != subject && !content_.contains(repository + "@" + needed)) {
        // Not the code that is asked again for: what comes in the wrong order shall fail.
        return LoopbackServer::answer(
            400, R"({"errors":[{"code":"MANIFEST_INVALID","message":")" + needed + "\"}]}");
      }
    }
    content_[name] = got.body;
    content_[repository + "@" + sha256(got.body)] = got.body;
    const std::string headers =
        has_referrers && !subject.empty() ? "OCI-Subject: " + subject + "\r\n" : "";
    return LoopbackServer::answer(created, "", headers);
  }

  std::string referrers(const std::string& repository, const std::string& subject) {
    if (!has_referrers) return LoopbackServer::answer(404, "");
    std::string list;
    for (const auto& [name, text] : content_) {
      if (!name.starts_with(repository + "@") || digest_behind(text, "\"subject\"") != subject)
        continue;
      list += (list.empty() ? "" : ",") + descriptor(oci_manifest_type, text);
    }
    return LoopbackServer::answer(
        200,
        R"({"schemaVersion":2,"mediaType":")" + oci_index_type + R"(","manifests":[)" + list + "]}",
        "Content-Type: " + oci_index_type + "\r\n");
  }

  static std::string value(const std::string& query, const std::string& name) {
    std::string text = query.substr(query.find(name) + name.size());
    text.erase(std::min(text.find('&'), text.size()));
    for (const auto& [code, letter] : {std::pair{"%3A", ":"}, {"%2F", "/"}}) {
      for (std::size_t at = 0; (at = text.find(code)) != std::string::npos;)
        text.replace(at, 3, letter);
    }
    return text;
  }

  static std::string digest_behind(const std::string& text, const std::string& member) {
    const std::size_t at = text.find(member);
    return at == std::string::npos ? "" : text.substr(text.find("sha256:", at), sha256("").size());
  }
  static std::vector<std::string> digests_in(const std::string& text) {
    std::vector<std::string> all;
    const std::string mark = R"("digest":")";
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += mark.size()) {
      all.push_back(text.substr(at + mark.size(), sha256("").size()));
    }
    return all;
  }

  std::mutex mutex_;
  std::map<std::string, std::string> content_;
  std::vector<std::string> log_;
  LoopbackServer server_;  // last: it uses all of the others
};

}  // namespace ocimux::test
