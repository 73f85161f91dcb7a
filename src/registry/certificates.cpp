#include "registry/certificates.hpp"

#include <ocimux/base/error.hpp>

#include "io/file.hpp"
#include "io/memory.hpp"
#include "registry/curl_library.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstdlib>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t largest_bundle = 16 << 20;

std::string read_text(const fs::path& path) {
  const auto file = std::make_shared<const File>(File::open(path));
  return within(path.string(),
                [&] { return read_document(file_body(file, 0, file->size()), largest_bundle); });
}

// libcurl takes authorities in memory instead of its bundle, not beside it.
std::string system_bundle() {
  start_curl();
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  std::error_code failure;
  if (info->capath != nullptr && fs::is_directory(info->capath, failure)) return {};  // still read
  if (info->cainfo == nullptr || !fs::exists(info->cainfo, failure)) return {};
  return read_text(info->cainfo) + "\n";
}

// Names as c_rehash gives them: eight digits, a dot, a number.
bool is_hashed(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.size() > 9 && name.find_first_not_of("0123456789abcdef") == 8 && name[8] == '.' &&
         name.find_first_not_of("0123456789", 9) == std::string::npos;
}

// A directory that was never hashed, or is without the bundle's, is no place to look.
Certificates::System system_place() {
  start_curl();
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  std::error_code failure;
  if (info->capath == nullptr || !fs::is_directory(info->capath, failure)) {
    return Certificates::System::bundle;
  }
  const fs::directory_iterator names(info->capath, failure);
  const bool hashed = std::any_of(begin(names), end(names), [](const fs::directory_entry& entry) {
    return is_hashed(entry.path());
  });
  return hashed ? Certificates::System::directory : Certificates::System::bundle;
}

void add_directory(const fs::path& directory, const Origin& registry, std::string& authorities,
                   std::optional<Certificates::Own>& own) {
  std::error_code failure;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(directory, failure)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    if (path.extension() == ".crt") authorities += read_text(path) + "\n";
    if (path.extension() != ".cert" || own) continue;
    const fs::path key = fs::path(path).replace_extension(".key");
    if (!fs::exists(key, failure)) {
      throw Error(Errc::invalid_argument,
                  path.string() + ": expected its key in " + key.string() + ", found none",
                  "certificates of authorities are named *.crt");
    }
    own = Certificates::Own{registry, path.string(), key.string()};
  }
}

}  // namespace

Certificates read_certificates(const fs::path& ca_file, const std::vector<fs::path>& directories,
                               const Origin& registry) {
  Certificates certificates{system_place()};
  std::string authorities;
  if (!ca_file.empty()) authorities += read_text(ca_file) + "\n";
  for (const fs::path& directory : directories) {
    add_directory(directory, registry, authorities, certificates.own);
  }
  if (!authorities.empty()) certificates.authorities = system_bundle() + authorities;
  return certificates;
}

std::vector<fs::path> usual_certificate_directories(const std::string& registry) {
  std::vector<fs::path> directories;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): only read here
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    directories.push_back(fs::path(home) / ".config/containers/certs.d" / registry);
  }
  directories.push_back(fs::path("/etc/containers/certs.d") / registry);
  directories.push_back(fs::path("/etc/docker/certs.d") / registry);
  return directories;
}

}  // namespace ocimux
