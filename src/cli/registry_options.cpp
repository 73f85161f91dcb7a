#include "cli/registry_options.hpp"

#include <ocimux/base/error.hpp>

namespace ocimux::cli {
namespace {

constexpr const char* group = "Registries (docker://)";

RegistryOptions::Tls parse_tls(const TypedRegistryOptions& typed) {
  if (typed.plain_http) return RegistryOptions::Tls::plain_http;
  return typed.tls_verify ? RegistryOptions::Tls::verified : RegistryOptions::Tls::unverified;
}

// Its message must not repeat what was typed.
void check_credentials(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (text.empty() || (colon != std::string::npos && colon != 0)) return;
  throw Error(Errc::invalid_argument, "--creds: expected USER:PASS, found other text");
}

}  // namespace

void add_registry_options(CLI::App& app, TypedRegistryOptions& typed) {
  app.add_option("--creds", typed.credentials,
                 "Credentials, instead of those that docker and podman keep")
      ->type_name("USER:PASS")
      ->group(group);
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
}

RegistryOptions parse_registry_options(const TypedRegistryOptions& typed) {
  check_credentials(typed.credentials);
  RegistryOptions options;
  options.tls = parse_tls(typed);
  options.credentials = typed.credentials;
  options.auth_file = typed.auth_file;
  options.ca_file = typed.ca_file;
  options.cert_dir = typed.cert_dir;
  options.retries = typed.retries;
  options.timeout = std::chrono::seconds(typed.timeout);
  return options;
}

}  // namespace ocimux::cli
