#include "cli/registry_options.hpp"

#include <ocimux/base/error.hpp>

#include "cli/secret.hpp"

#include <unistd.h>

#include <charconv>
#include <cmath>
namespace ocimux::cli {
namespace {

constexpr const char* group = "Registries (docker://)";

RegistryOptions::Tls parse_tls(const TypedRegistryOptions& typed) {
  if (typed.plain_http) return RegistryOptions::Tls::plain_http;
  return typed.tls_verify ? RegistryOptions::Tls::verified : RegistryOptions::Tls::unverified;
}

// Its message must not repeat what was typed.
Error wrong_credentials(const char* expected) {
  return {Errc::invalid_argument,
          std::string("--creds: expected ") + expected + ", found other text"};
}

std::string parse_credentials(const TypedRegistryOptions& typed, const std::stop_token& stop) {
  const std::string& text = typed.credentials;
  const std::size_t colon = text.find(':');
  if (typed.password_stdin) {
    if (text.empty() || colon != std::string::npos) {
      throw wrong_credentials("USER alone beside --password-stdin");
    }
    return text + ":" + read_password(STDIN_FILENO, stop);
  }
  if (!text.empty() && (colon == std::string::npos || colon == 0)) {
    throw wrong_credentials("USER:PASS");
  }
  return text;
}

// k, M, G, T, with or without the `i` and `B` behind; 0 for what is no unit.
double parse_unit(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  if (text.ends_with('B')) text.remove_suffix(1);
  if (text.empty()) return 1;
  if (text.size() > 1 && text.ends_with('i')) text.remove_suffix(1);
  constexpr std::string_view units = "kmgt";
  const std::size_t unit = units.find(static_cast<char>(text.front() | 0x20));
  if (text.size() != 1 || unit == std::string_view::npos) return 0;
  return std::pow(1024.0, static_cast<double>(unit + 1));
}

}  // namespace

std::int64_t parse_rate(const std::string& text) {
  double count = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), count, std::chars_format::fixed);
  const double rate = count * parse_unit(std::string_view(end, text.data() + text.size()));
  constexpr double most = 1e15;
  if (failure != std::errc() || !(rate >= 1) || rate > most) {
    throw Error(Errc::invalid_argument,
                "--limit-rate: expected bytes a second, as 500k or 1.5M, found '" + text + "'");
  }
  return static_cast<std::int64_t>(rate);
}

void add_registry_options(CLI::App& app, TypedRegistryOptions& typed) {
  app.add_option("--creds", typed.credentials,
                 "Credentials, instead of those that docker and podman keep")
      ->type_name("USER:PASS")
      ->group(group);
  app.add_flag("--password-stdin", typed.password_stdin,
               "Read the password from standard input; --creds is USER then")
      ->group(group);
  add_connection_options(app, typed);
}

void add_connection_options(CLI::App& app, TypedRegistryOptions& typed) {
  app.add_option("--authfile", typed.auth_file,
                 "File of credentials: docker's config.json, podman's auth.json, or a Kubernetes "
                 ".dockerconfigjson")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--tls-verify", typed.tls_verify,
               "--tls-verify=false takes any certificate, and plain HTTP where there is no TLS")
      ->group(group);
  app.add_flag("--plain-http", typed.plain_http, "Speak HTTP without TLS")->group(group);
  app.add_option("--ca-file", typed.ca_file, "Certificate authorities to trust, too, in PEM")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--cert-dir", typed.cert_dir,
                 "Directory with *.crt (authorities), *.cert and *.key (our own)")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory)
      ->group(group);
  app.add_option("--retries", typed.retries, "Repetitions after a failure that may pass")
      ->type_name("N")
      ->check(CLI::Range(0, 100))
      ->capture_default_str()
      ->group(group);
  app.add_option("--timeout", typed.timeout, "Seconds to connect, and without a byte")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str()
      ->group(group);
  app.add_option("--limit-rate", typed.limit_rate,
                 "Bytes a second of all connections together, both ways: 500k, 1.5M (k is 1024)")
      ->type_name("RATE")
      ->group(group);
}

RegistryOptions parse_registry_options(const TypedRegistryOptions& typed,
                                       const std::stop_token& stop) {
  RegistryOptions options;
  options.tls = parse_tls(typed);
  options.credentials = parse_credentials(typed, stop);
  options.auth_file = typed.auth_file;
  options.ca_file = typed.ca_file;
  options.cert_dir = typed.cert_dir;
  options.retries = typed.retries;
  options.timeout = std::chrono::seconds(typed.timeout);
  if (!typed.limit_rate.empty()) options.limit_rate = parse_rate(typed.limit_rate);
  return options;
}

}  // namespace ocimux::cli
