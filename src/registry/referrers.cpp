#include "registry/referrers.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "registry/answer.hpp"
#include "registry/link.hpp"
#include "spec/json.hpp"

#include <set>
#include <utility>

namespace ocimux {
namespace {

constexpr std::size_t most_pages = 100;
constexpr std::size_t most_referrers = 100'000;

// Registries from before the API, and proxies in front of some, answer in all of these ways.
bool says_unknown(int status) {
  return status == 400 || status == 404 || status == 405 || status == 406 || status == 501;
}

// Whatever the Content-Type says: some answer 200 to any path, with a page or an empty object.
std::optional<Index> index_in(const std::string& text) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
  if (!json.is_object()) return std::nullopt;
  const Json* manifests = json.find("manifests");
  if (manifests == nullptr) {
    // Where there are none, some write null; the type then says that it is a list.
    const Json* type = json.find("mediaType");
    const bool named = type != nullptr && type->is_string();
    if (!named || type->as_string() != media_type::oci_index) return std::nullopt;
    return Index{std::string(media_type::oci_index)};
  }
  if (!manifests->is_array()) return std::nullopt;
  return Index::parse(text, media_type::oci_index);
}

/// The list, page by page.
class Pages {
 public:
  Pages(const Repository& repository, const Digest& subject)
      : repository_(repository), next_(repository.request("GET", "referrers/" + subject.string())) {
    next_->headers.set("Accept", std::string(media_type::oci_index));
  }

  std::optional<Index> read() {
    std::optional<Index> all;
    while (next_) {
      std::optional<Index> page = read_page();
      if (!page && !all) return std::nullopt;
      if (!page) throw Error(Errc::corrupt, "expected each page to be an index, found another");
      if (!all) all = Index{page->media_type};
      for (const Descriptor& listed : page->manifests) {
        all->manifests.push_back({listed.media_type, listed.digest, listed.size});
      }
      check_count(all->manifests.size());
    }
    return all;
  }

 private:
  std::optional<Index> read_page() {
    auto [response, text] = repository_.read(*next_);
    const bool first = seen_.empty();
    if (response.status != 200) {
      if (first && says_unknown(response.status)) return std::nullopt;
      throw refusal_of(response, "the list");
    }
    std::optional<Index> page = index_in(text);
    if (page) turn(response);
    return page;
  }

  // To the page that the answer says comes next.
  void turn(const Response& response) {
    seen_.insert(next_->url.string());
    const std::string target = link_target(response.headers, "next");
    if (target.empty()) return next_.reset();
    Url url = response.url.resolve(target);
    if (url.origin() != repository_.address().origin()) {
      throw Error(Errc::corrupt, "expected the next page on " +
                                     repository_.address().origin().string() + ", found it on " +
                                     url.origin().string());
    }
    if (seen_.contains(url.string()) || seen_.size() == most_pages) {
      throw Error(Errc::corrupt, "expected at most " + std::to_string(most_pages) +
                                     " pages, each another, found more");
    }
    next_->url = std::move(url);
  }

  static void check_count(std::size_t count) {
    if (count <= most_referrers) return;
    throw Error(Errc::corrupt, "expected at most " + std::to_string(most_referrers) +
                                   " referrers of one document, found more");
  }

  const Repository& repository_;
  std::optional<Request> next_;
  std::set<std::string> seen_;
};

}  // namespace

std::optional<Index> list_referrers(const Repository& repository, const Digest& subject) {
  return within("referrers of " + subject.string(),
                [&] { return Pages(repository, subject).read(); });
}

std::string fallback_tag(const Digest& subject) {
  constexpr std::size_t longest_algorithm = 32;
  constexpr std::size_t longest_encoded = 64;
  return std::string(subject.algorithm().substr(0, longest_algorithm)) + "-" +
         std::string(subject.encoded().substr(0, longest_encoded));
}

}  // namespace ocimux
