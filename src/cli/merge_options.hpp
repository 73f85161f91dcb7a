#pragma once

#include <ocimux/jobs/merge.hpp>

#include "cli/common.hpp"
#include "cli/registry_options.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace ocimux::cli {

/// What is read and made of it, as merge and what adds to an index take it, as it is typed.
struct TypedMergeOptions {
  std::vector<std::string> inputs;
  std::vector<std::string> platforms;
  std::vector<std::string> annotations;
  std::vector<std::string> os_versions;
  std::vector<std::string> os_features;
  std::vector<std::string> variants;
  std::vector<std::string> configs;
  std::vector<std::string> configs_from;
  std::vector<std::string> dockerfiles;
  std::vector<std::string> build_args;
  std::vector<std::string> changes;
  std::vector<std::string> bases;
  std::string attestations = "keep";
  TypedRegistryOptions registry;
  MergeOptions options;
};

/// An option that takes one value each time it stands.
CLI::Option* add_list(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                      const std::string& type, const std::string& text);

/// All but the inputs and where the result goes.
void add_merge_options(CLI::App& app, TypedMergeOptions& typed);

/// Throws Errc::invalid_argument for what cannot be read.
MergeOptions parse_merge_options(const TypedMergeOptions& typed, const CommonOptions& common,
                                 const std::stop_token& stop);

/// The inputs, as they were typed without their platforms.
std::vector<std::string> files_of(const MergeOptions& options);

}  // namespace ocimux::cli
