// Files of credentials: docker's, containers', Kubernetes' secrets in JSON and YAML.

#include "fuzz/fuzzing.hpp"
#include "registry/auth_change.hpp"
#include "registry/auth_file.hpp"
#include "registry/base64.hpp"
#include "registry/secret_yaml.hpp"

namespace ocimux::fuzz {
namespace {

void check_yaml(std::string_view text) {
  tolerate([&] {
    const std::string json = parse_secret_yaml(text).dump();
    require(Json::parse(json).dump() == json, "YAML becomes JSON");
  });
}

// What was stored is found, and what was removed is not.
void check_file(std::string_view text, const Reference& registry) {
  tolerate([&] {
    const std::string document(text);
    const std::string with = with_entry(document, registry, {"user", "secret"});
    const FoundAuth found = find_auth(with, {registry.host, "other"});
    require(found.credentials && found.credentials->user == "user" &&
                found.credentials->password == "secret",
            "what was stored is found");
    const WithoutEntries without = without_entries(with, registry);
    require(!find_auth(without.document, {registry.host, "other"}).credentials,
            "what was removed is not found");
  });
}

void check(std::string_view text) {
  for (const char* name : {"docker.io/library/alpine", "quay.io/team/app", "localhost:5000/x"}) {
    const Reference reference = Reference::parse(name);
    tolerate([&] { static_cast<void>(find_auth(text, reference)); });
    check_file(text, reference);
  }
  check_yaml(text);
  if (const auto decoded = base64_decode(text)) {
    require(base64_decode(base64_encode(*decoded)) == decoded, "base64 is read as it was written");
  }
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::check(ocimux::fuzz::text_of(data, size));
  return 0;
}
