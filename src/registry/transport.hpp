#pragma once

#include <ocimux/io/stream.hpp>

#include "registry/network.hpp"
#include "registry/url.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocimux {

/// Header fields in their order; names in any case.
class Headers final {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  /// The first field of that name; empty where there is none.
  [[nodiscard]] std::string_view find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  void add(std::string name, std::string value);
  /// The only field of that name from now on.
  void set(std::string name, std::string value);
  void erase(std::string_view name);

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

struct Request {
  std::string method = "GET";
  Url url;
  Headers headers = {};
  std::optional<Body> body = {};  ///< opened anew for every attempt
  /// What the registry is to allow: `repository:NAME:pull`. Empty: nothing in particular.
  std::string scope = {};
  /// The network of the server that led to this address; nothing when the user named it.
  std::optional<Network> led_from = {};
  /// That server itself, or the first of several: where it has TLS it must not lead out of it.
  std::optional<Origin> led_by = {};
  std::stop_token stop = {};
  /// Who sends it knows better what to do when it fails than to send all of it again.
  bool once = false;

  /// A HEAD or GET changes nothing and may be sent wherever it is redirected to.
  [[nodiscard]] bool is_read() const { return method == "GET" || method == "HEAD"; }
};

/// Whether an answer was given to somebody who had said who they are.
enum class Proof {
  unknown,
  none,       ///< there are no credentials
  not_asked,  ///< there are, and the server did not want them
  given,
};

struct Response {
  int status = 0;
  Headers headers = {};
  /// What follows the headers, read from the network as it is asked for. Never null.
  std::unique_ptr<Source> body;
  Url url;                          ///< where the answer came from, after redirects
  Network from = Network::outside;  ///< where its sender was; behind a proxy, by its name
  std::string method = {};          ///< of the request; empty where nobody noted it
  Proof proof = Proof::unknown;
  std::string authorization = {};  ///< what was sent with the request; in no message
};

/// Why no answer came, or no more of it. Caught and retried inside of this layer; what leaves it
/// is an Error.
class TransferError final : public std::runtime_error {
 public:
  enum class Kind {
    unreachable,  ///< no such host, or nobody listens
    broken,       ///< the connection ended, or nothing came for too long
    not_tls,      ///< TLS was spoken, and something else answered
    untrusted,    ///< the certificate is none that is trusted
    other,        ///< will not pass
  };

  TransferError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool may_pass() const {
    return kind_ == Kind::broken || kind_ == Kind::unreachable;
  }

 private:
  Kind kind_;
};

/// Sends requests. The real one is curl's; others stand in front of it: redirects, retries,
/// authorization. May be used by several threads at once.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// Returns once the headers are there; any status is an answer. The body outlives the transport.
  /// Throws TransferError when no answer came, Errc::cancelled once the request's stop is asked,
  /// Errc::denied for an address that must not be asked.
  virtual Response send(const Request& request) = 0;
};

/// The text in front of a `;`, in lower case and without spaces: a media type without parameters.
std::string media_type_of(const Headers& headers);

/// The rest of a body that nobody wants, as far as reading it costs less than a new connection.
void discard(Response& response);

/// At most @p limit bytes of the body (an error's text, which counts for nothing beyond).
std::string front_of(Response& response, std::size_t limit);

bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace ocimux
