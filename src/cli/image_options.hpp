#pragma once

#include "cli/common.hpp"
#include "cli/registry_options.hpp"
#include "cli/values.hpp"

#include <stop_token>
#include <string>

namespace ocimux::cli {

/// One image and a path in it, as they are typed.
struct TypedImage {
  std::string reference;
  std::string path;
  std::string platform;
  TypedRegistryOptions registry;
};

/// What REF may be, for --help.
inline constexpr const char* image_reference =
    "REF is PATH, PATH:TAG or PATH@DIGEST of an OCI layout or archive, a docker save archive or a\n"
    "root filesystem tar, plain or compressed; or docker://HOST/REPO[:TAG][@DIGEST].\n";

/// REF, PATH (which is for @p path), `--platform` and the options of registries. Answers PATH's.
CLI::Option* add_image_options(CLI::App& app, TypedImage& typed, const char* path);

/// As FilesOptions or CatOptions.
template <typename Options>
Options image_options(const TypedImage& typed, const CommonOptions& common,
                      const std::stop_token& stop) {
  Options options{typed.reference, parse_platform(typed.platform), typed.path};
  options.jobs = common.threads();
  options.registry = parse_registry_options(typed.registry, stop);
  return options;
}

}  // namespace ocimux::cli
