#pragma once

#include <ocimux/digest/digest.hpp>

#include "io/memory.hpp"
#include "registry/transport.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ocimux::test {

/// The half of a registry that takes blobs, in memory, with the habits that registries have.
class UploadServer final : public Transport {
 public:
  // Habits.
  std::int64_t most_whole = INT64_MAX;  ///< larger bodies get 413
  std::int64_t most_part = INT64_MAX;   ///< larger parts get this:
  int part_too_large = 413;
  std::int64_t least_part = 0;
  int answer_to_parts = 202;      ///< or a refusal
  bool remembers = true;          ///< what came before a connection broke
  bool forgets_sessions = false;  ///< when a connection breaks
  bool mounts = true;             ///< from repositories that have the blob
  bool stores_wrong = false;      ///< what it kept of broken uploads is damaged
  std::string claims = {};        ///< the last byte it says it has, whatever is true
  std::string locations = "/v2/a/b/blobs/uploads/";
  std::deque<std::int64_t> breaks;  ///< after so many bytes of a body, one a body
  std::deque<int> failures;         ///< answers to the next bodies, instead of taking them
  bool loses_answers = false;       ///< the blob is stored, the answer is not heard, once

  // What it has.
  std::map<std::string, std::string> blobs;  ///< by digest
  std::set<std::string> elsewhere;           ///< `repository@digest`
  std::vector<std::string> log;              ///< `PUT 3` with the bytes that came
  std::vector<Request> requests;
  std::size_t open_sessions() const { return sessions_.size(); }

  Response send(const Request& request) override {
    const std::lock_guard lock(mutex_);
    requests.push_back(request);
    const std::string url = request.url.string();
    if (request.method == "HEAD") {
      const std::string digest = url.substr(url.rfind('/') + 1);
      log.push_back("HEAD");
      return answer(request, blobs.contains(digest) ? 200 : 404);
    }
    if (request.method == "POST") return begin(request);
    const auto session = sessions_.find(id_of(url));
    if (session == sessions_.end()) {
      log.push_back(request.method + " unknown");
      return answer(request, 404, "", R"({"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]})");
    }
    if (request.method == "DELETE") {
      log.push_back("DELETE");
      sessions_.erase(session);
      return answer(request, 204);
    }
    if (request.method == "GET") {
      log.push_back("GET " + std::to_string(session->second.size()));
      Response has = answer(request, 204, location(session->first), "", session->second.size());
      if (!claims.empty()) has.headers.set("Range", "0-" + claims);
      return has;
    }
    return take(request, session);
  }

 private:
  using Sessions = std::map<std::string, std::string>;

  static Response answer(const Request& request, int status, const std::string& location = "",
                         const std::string& body = "", std::size_t has = 0) {
    Headers headers;
    if (!location.empty()) headers.add("Location", location);
    if (has != 0) headers.add("Range", "0-" + std::to_string(has - 1));
    return {status, headers, std::make_unique<MemorySource>(body), request.url, Network::outside};
  }

  static std::string parameter(const std::string& url, const std::string& name) {
    const std::size_t at = url.find(name + "=");
    if (at == std::string::npos) return {};
    std::string value = url.substr(at + name.size() + 1);
    value.erase(std::min(value.find('&'), value.size()));
    if (const std::size_t colon = value.find("%3A"); colon != std::string::npos) {
      value.replace(colon, 3, ":");
    }
    return value;
  }

  // Each address is good for one request, as distribution's, whose state is in the query.
  std::string location(const std::string& id) {
    return locations + id + "?state=" + std::to_string(++turn_);
  }
  static std::string id_of(const std::string& url) {
    const std::string path = url.substr(0, url.find('?'));
    return path.substr(path.rfind('/') + 1);
  }

  Response begin(const Request& request) {
    const std::string url = request.url.string();
    const std::string digest = parameter(url, "mount");
    log.push_back(digest.empty() ? "POST" : "MOUNT");
    if (!digest.empty() && mounts) {
      std::string from = parameter(url, "from");
      if (const auto slash = from.find("%2F"); slash != std::string::npos)
        from.replace(slash, 3, "/");
      if (elsewhere.contains(from + "@" + digest)) return answer(request, 201);
    }
    const std::string id = "u" + std::to_string(++count_);
    sessions_[id] = "";
    Response response = answer(request, 202, location(id));
    if (least_part != 0) response.headers.add("OCI-Chunk-Min-Length", std::to_string(least_part));
    return response;
  }

  Response take(const Request& request, const Sessions::iterator& session) {
    const bool part = request.method == "PATCH";
    if (request.url.string().find("state=" + std::to_string(turn_)) == std::string::npos) {
      log.push_back(request.method + " stale");
      return answer(request, 400);
    }
    if (!failures.empty() && request.body->size > 0) {
      const int status = failures.front();
      failures.pop_front();
      log.push_back(request.method + " " + std::to_string(status));
      return answer(request, status);
    }
    if (part && answer_to_parts >= 300) return refuse(request, answer_to_parts);
    if (part && request.body->size > most_part) return refuse(request, part_too_large);
    if (!part && request.body->size > most_whole) return refuse(request, 413);
    const std::string before = session->second;
    read(request, session);
    if (part) {
      const std::string range(request.headers.find("Content-Range"));
      if (range !=
          std::to_string(before.size()) + "-" +
              std::to_string(before.size() + static_cast<std::size_t>(request.body->size) - 1)) {
        session->second = before;
        return refuse(request, 416);
      }
      log.push_back("PATCH " + std::to_string(request.body->size));
      return answer(request, answer_to_parts, location(session->first), "", session->second.size());
    }
    log.push_back("PUT " + std::to_string(request.body->size));
    return complete(request, session);
  }

  Response refuse(const Request& request, int status) {
    log.push_back(request.method + " " + std::to_string(status));
    return answer(request, status);
  }

  void read(const Request& request, const Sessions::iterator& session) {
    std::int64_t left = INT64_MAX;
    if (!breaks.empty() && request.body->size > 0) {
      left = breaks.front();
      breaks.pop_front();
    }
    const auto source = request.body->open();
    std::vector<std::byte> buffer(1000);
    std::string got;
    while (static_cast<std::int64_t>(got.size()) < request.body->size) {
      const auto room = static_cast<std::size_t>(std::min<std::int64_t>(
          {left, 1000, request.body->size - static_cast<std::int64_t>(got.size())}));
      const std::size_t count = room == 0 ? 0 : source->read(std::span(buffer).first(room));
      if (count == 0) break;
      left -= static_cast<std::int64_t>(count);
      got.append(as_text(Bytes(buffer).first(count)));
    }
    const bool broken = static_cast<std::int64_t>(got.size()) < request.body->size;
    if (!broken || remembers)
      session->second += stores_wrong && broken ? std::string(got.size(), 'x') : got;
    if (!broken) return;
    log.push_back(request.method + " broke at " + std::to_string(got.size()));
    if (forgets_sessions) sessions_.erase(session);
    throw TransferError(TransferError::Kind::broken, "the cable was pulled");
  }

  Response complete(const Request& request, const Sessions::iterator& session) {
    const std::string digest = parameter(request.url.string(), "digest");
    const std::string content = std::move(session->second);
    sessions_.erase(session);
    if (Digest::of(content).string() != digest) {
      log.push_back("digest invalid");
      return answer(request, 400, "", R"({"errors":[{"code":"DIGEST_INVALID"}]})");
    }
    blobs[digest] = content;
    if (std::exchange(loses_answers, false)) {
      throw TransferError(TransferError::Kind::broken, "the answer was lost");
    }
    return answer(request, 201);
  }

  std::mutex mutex_;
  Sessions sessions_;
  int count_ = 0;
  int turn_ = 0;
};

}  // namespace ocimux::test
