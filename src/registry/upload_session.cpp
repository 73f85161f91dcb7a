#include "registry/upload_session.hpp"

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"
#include "registry/answer.hpp"

#include <charconv>
#include <limits>

namespace ocimux {
namespace {

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// `0-1023`, of some registries with `bytes=` in front. Nothing, or `0-0`, which distribution says
// of an upload without a byte: as good as nothing, because one byte is not worth keeping.
std::int64_t received(std::string_view range) {
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return 0;
  const std::int64_t last = parse_number(range.substr(dash + 1)).value_or(0);
  // Nothing that can be counted on has that many: as good as one of which nothing is known.
  return last == 0 || last == std::numeric_limits<std::int64_t>::max() ? 0 : last + 1;
}

Request to_session(const Repository& repository, const UploadSession& session,
                   const std::string& method) {
  Request request = repository.request(method, "blobs/uploads/");
  if (session.location.origin() != request.url.origin()) {
    request.led_from = session.from;
    request.led_by = request.url.origin();
  }
  request.url = session.location;
  return request;
}

UploadSession session_of(const Repository& repository, const Response& answer) {
  if (answer.headers.find("Location").empty()) {
    throw Error(Errc::corrupt,
                repository.name() + ": expected an address for the upload, found none");
  }
  UploadSession session{answer.url};
  follow_session(session, answer);
  session.least_part = parse_number(answer.headers.find("OCI-Chunk-Min-Length")).value_or(0);
  return session;
}

// containerd takes 200 and 204, too; an upload has begun where there is an address.
bool has_begun(const Response& answer) {
  return answer.status == 202 || answer.status == 200 || answer.status == 204;
}

}  // namespace

UploadSession begin_upload(const Repository& repository) {
  Response answer = repository.send(repository.request("POST", "blobs/uploads/"));
  if (!has_begun(answer)) throw refusal_of(answer, "that an upload can begin");
  discard(answer);
  return session_of(repository, answer);
}

Begun mount_blob(const Repository& repository, const Digest& digest, const std::string& from) {
  Request request = repository.request("POST", "blobs/uploads/");
  request.url = request.url.with_query("mount", digest.string()).with_query("from", from);
  request.scope += " repository:" + from + ":pull";
  request.once = true;  // it can be sent instead
  Response answer = repository.send(request);
  if (answer.status != 201 && !has_begun(answer)) throw refusal_of(answer, "a mounted blob");
  discard(answer);
  if (answer.status == 201) return {};
  return {session_of(repository, answer)};
}

std::optional<UploadSession> ask_session(const Repository& repository,
                                         const UploadSession& session) {
  Response answer = repository.send(to_session(repository, session, "GET"));
  discard(answer);
  if (answer.status != 204 && answer.status != 200 && answer.status != 202) return std::nullopt;
  UploadSession now = session;
  follow_session(now, answer);
  now.offset = received(answer.headers.find("Range"));
  return now;
}

void cancel_upload(const Repository& repository, const UploadSession& session) noexcept {
  try {
    Request request = to_session(repository, session, "DELETE");
    request.once = true;
    Response answer = repository.transport().send(request);
    discard(answer);
  } catch (const std::exception&) {
    return;  // the registry forgets it sooner or later
  }
}

Response put_blob(const Repository& repository, const UploadSession& session, const Digest& digest,
                  std::optional<Body> body) {
  Request request = to_session(repository, session, "PUT");
  request.url = request.url.with_query("digest", digest.string());
  request.headers.set("Content-Type", "application/octet-stream");
  request.body = body ? std::move(body) : memory_body("");
  request.once = true;
  return repository.transport().send(request);
}

Response patch_blob(const Repository& repository, const UploadSession& session, const Body& part) {
  Request request = to_session(repository, session, "PATCH");
  request.headers.set("Content-Type", "application/octet-stream");
  request.headers.set("Content-Range", std::to_string(session.offset) + "-" +
                                           std::to_string(session.offset + part.size - 1));
  request.body = part;
  request.once = true;
  return repository.transport().send(request);
}

void follow_session(UploadSession& session, const Response& answer) {
  const std::string_view location = answer.headers.find("Location");
  if (location.empty()) return;
  session.location =
      within("the address of the upload", [&] { return answer.url.resolve(location); });
  session.from = answer.from;
}

}  // namespace ocimux
