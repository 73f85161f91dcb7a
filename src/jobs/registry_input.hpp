#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>

#include "registry/reference.hpp"
#include "registry/repository.hpp"
#include "source/read_images.hpp"
#include "source/reference.hpp"

#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace ocimux {

/// Something on this machine, or (with `docker://` in front) in a registry.
using ImageReference = std::variant<LocalReference, Reference>;

/// Throws what LocalReference::parse() and Reference::parse() throw. Asks no registry.
ImageReference parse_reference(const std::string& text);

/// For messages: a path, or the reference with its prefix.
std::string name_of(const ImageReference& reference);

/// select() of the store that was made for @p reference; of a registry's, what was asked for.
std::vector<Descriptor> select(const ImageStore& store, const ImageReference& reference);

/// The store of one manifest or index of a registry, which alone is read before more is looked for.
/// Errors name the reference. @p progress must outlive the store.
ImageStore registry_store(const Reference& reference, const RegistryOptions& options,
                          Progress& progress, const std::stop_token& stop = {});
ImageStore registry_store(const Reference& reference, const Repository& repository);

/// Reads the images below one manifest or index of a registry: manifests and configs; no layer
/// before it is opened. Errors name the reference. @p progress must outlive the input.
Input read_registry(const Reference& reference, const RegistryOptions& options, Progress& progress,
                    const std::stop_token& stop = {});
Input read_registry(const Reference& reference, const Repository& repository, Progress& progress);
Input read_registry(ImageStore store, Progress& progress, const std::stop_token& stop);

/// read_input() or read_registry(), as the reference says.
Input read_any(const ImageReference& reference, const RegistryOptions& options, Progress& progress,
               const std::stop_token& stop = {});
Input read_any(const std::string& reference, const RegistryOptions& options, Progress& progress,
               const std::stop_token& stop = {});

/// Throws Errc::invalid_argument when given credentials would go to more than one registry.
void check_credentials(const RegistryOptions& options, const std::vector<std::string>& references);

}  // namespace ocimux
