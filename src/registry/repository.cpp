#include "registry/repository.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/documents.hpp>
#include <ocimux/spec/media_types.hpp>

#include "digest/hasher.hpp"
#include "io/memory.hpp"
#include "registry/answer.hpp"
#include "registry/blob_source.hpp"
#include "registry/referrers.hpp"
#include "spec/json.hpp"

#include <algorithm>
#include <charconv>

namespace ocimux {
namespace {

constexpr std::string_view accepted =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

bool is_document(std::string_view type) {
  return media_type::is_index(type) || media_type::is_manifest(type);
}

// Types that say nothing: file servers, and some proxies in front of registries, use them.
bool says_nothing(std::string_view type) {
  return type.empty() || type == "application/json" || type == "text/plain" ||
         type == "application/octet-stream";
}

std::string media_type_of(const Headers& headers, const std::string& text) {
  const std::string said = ocimux::media_type_of(headers);
  const std::string own = string_member(Json::parse(text), "mediaType");
  if (is_document(said) && !own.empty() && own != said) {
    throw Error(Errc::corrupt, "expected a document of type " + said +
                                   ", as its Content-Type says, found one of type " + shown(own));
  }
  std::string type = says_nothing(said) ? own : said;
  if (!is_document(type)) {
    throw Error(
        Errc::unsupported,
        "expected an image manifest or index, found a document of type '" + shown(type) + "'",
        type.find("manifest.v1+") != std::string::npos ||
                type.find("manifest.v1+prettyjws") != std::string::npos
            ? "images from before 2016 must be pushed again by a newer client"
            : "");
  }
  return type;
}

std::string read_all(Response& response) {
  MemorySink sink(largest_document);
  drain(*response.body, sink);
  return sink.take();
}

bool is_stored(const Response& response) {
  return response.status == 200 || response.status == 201 || response.status == 202;
}

// While two pushes share a repository, distribution writes the links of what one of them sends
// anew, and finds for a moment that they are not there when it looks at the other's manifest.
constexpr int most_looks = 3;

bool misses_content(const Refusal& refusal) {
  return std::ranges::any_of(refusal.codes, [](std::string_view code) {
    return code == "MANIFEST_BLOB_UNKNOWN" || code == "MANIFEST_UNKNOWN" || code == "BLOB_UNKNOWN";
  });
}

Digest digest_of(const std::string& text, std::string_view algorithm) {
  Hasher hasher(algorithm);
  hasher.update(as_bytes(text));
  return hasher.digest();
}

Error wrong_digest(const std::string& expected, const Digest& found) {
  return {Errc::corrupt, "expected content with digest " + expected +
                             ", found content with digest " + found.string()};
}

// @p version is what was asked for, the header what the registry says it gave.
Digest checked_digest(const std::string& text, const std::string& version, const Headers& headers) {
  if (version.find(':') != std::string::npos) {
    const Digest wanted = Digest::parse(version);
    Digest found = digest_of(text, wanted.algorithm());
    if (found != wanted) throw wrong_digest(wanted.string(), found);
    return found;
  }
  const std::string said(headers.find("Docker-Content-Digest"));
  if (said.empty()) return digest_of(text, "sha256");
  const Digest wanted = within("Docker-Content-Digest", [&] { return Digest::parse(said); });
  Digest found = digest_of(text, wanted.algorithm());
  if (found != wanted) throw wrong_digest(wanted.string(), found);
  return found;
}

}  // namespace

Error network_error(const TransferError& error) {
  std::string hint;
  switch (error.kind()) {
    case TransferError::Kind::not_tls:
      hint = "if it has no TLS, --plain-http speaks to it without";
      break;
    case TransferError::Kind::untrusted:
      hint = "--ca-file names the authority to trust, --tls-verify=false trusts anybody";
      break;
    default: break;
  }
  return {Errc::network, error.what(), hint};
}

Repository::Repository(std::shared_ptr<Transport> transport, Url registry, std::string name,
                       RetryPolicy retry, std::stop_token stop, Access access)
    : transport_(std::move(transport)),
      registry_(std::move(registry)),
      name_(std::move(name)),
      retry_(std::move(retry)),
      stop_(std::move(stop)),
      scope_("repository:" + name_ + (access == Access::push ? ":pull,push" : ":pull")) {}

Repository Repository::until(std::stop_token stop) const {
  Repository copy = *this;
  copy.stop_ = std::move(stop);
  return copy;
}

Request Repository::request(const std::string& method, const std::string& path) const {
  return {.method = method,
          .url = registry_.resolve("/v2/" + name_ + "/" + path),
          .scope = scope_,
          .stop = stop_};
}

Response Repository::send(const Request& request) const {
  try {
    return transport_->send(request);
  } catch (const TransferError& error) {
    throw network_error(error);
  }
}

WholeAnswer Repository::read(const Request& request) const {
  for (int broken = 0;; ++broken) {
    Response response = send(request);
    if (response.status != 200) return {std::move(response), {}};
    try {
      std::string text = read_all(response);
      return {std::move(response), std::move(text)};
    } catch (const TransferError& error) {
      if (!error.may_pass() || broken >= retry_.retries) throw network_error(error);
      retry_.wait(retry_.backoff.delay(broken + 1, random_fraction()), stop_);
    }
  }
}

RemoteDocument Repository::manifest(const std::string& version) const {
  Request request = this->request("GET", "manifests/" + version);
  request.headers.set("Accept", std::string(accepted));
  auto [response, text] = read(request);
  if (response.status != 200) throw refusal_of(response, "this manifest");
  Digest digest = checked_digest(text, version, response.headers);
  std::string type = media_type_of(response.headers, text);
  const auto size = static_cast<std::int64_t>(text.size());
  return {{std::move(type), std::move(digest), size}, std::move(text)};
}

std::optional<Index> Repository::referrers(const Digest& subject) const {
  return list_referrers(*this, subject);
}

Body Repository::blob(const Descriptor& descriptor) const {
  const std::string name = descriptor.digest.string();
  BlobRequest blob{transport_, request("GET", "blobs/" + name), name, descriptor.size, retry_};
  return {[blob = std::move(blob)] { return open_blob(blob); }, descriptor.size};
}

std::optional<std::int64_t> Repository::blob_size(const Digest& digest) const {
  Response response = send(request("HEAD", "blobs/" + digest.string()));
  if (response.status == 404) return std::nullopt;
  if (response.status != 200) throw refusal_of(response, digest.string());
  const std::string_view text = response.headers.find("Content-Length");
  std::int64_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (failure != std::errc() || end != text.data() + text.size() || size < 0) {
    throw Error(Errc::corrupt, digest.string() + ": expected a size in the answer, found none");
  }
  return size;
}

bool Repository::has_blob(const Digest& digest) const {
  Response response = send(request("HEAD", "blobs/" + digest.string()));
  if (response.status == 200) return true;
  // Some servers that a registry redirects to answer no HEAD: sending the blob again is no loss.
  const bool elsewhere = response.url.origin() != registry_.origin();
  if (response.status == 404 || elsewhere) return false;
  throw refusal_of(response, digest.string());
}

std::optional<FoundManifest> Repository::find_manifest(const std::string& version) const {
  Request request = this->request("HEAD", "manifests/" + version);
  request.headers.set("Accept", std::string(accepted));
  Response response = send(request);
  if (response.status == 404) return std::nullopt;
  // An answer to HEAD has no body: only a GET says why it was refused.
  if (response.status != 200) {
    request.method = "GET";
    response = send(request);
    if (response.status == 404) return std::nullopt;
    if (response.status != 200) throw refusal_of(response, "the manifest " + version);
    discard(response);
  }
  const std::string said(response.headers.find("Docker-Content-Digest"));
  if (said.empty()) return FoundManifest{};
  return FoundManifest{within("Docker-Content-Digest", [&] { return Digest::parse(said); })};
}

bool Repository::put_manifest(const std::string& version, const Descriptor& descriptor,
                              const std::string& text) const {
  Request request = this->request("PUT", "manifests/" + version);
  request.headers.set("Content-Type", descriptor.media_type);
  request.body = memory_body(text);
  Response response = send(request);
  for (int retry = 1; !is_stored(response); ++retry) {
    const Refusal refusal = read_refusal(response);
    if (!misses_content(refusal) || retry > std::min(retry_.retries, most_looks)) {
      throw refusal_of(response, refusal, "that the registry takes the manifest");
    }
    retry_.wait(retry_.backoff.delay(retry, random_fraction()), stop_);
    response = send(request);
  }
  const std::string digest(response.headers.find("Docker-Content-Digest"));
  if (!digest.empty() && digest != descriptor.digest.string()) {
    throw Error(Errc::corrupt, "expected the registry to store " + descriptor.digest.string() +
                                   ", found that it stored " + shown(digest));
  }
  discard(response);
  return !response.headers.find("OCI-Subject").empty();
}

}  // namespace ocimux
