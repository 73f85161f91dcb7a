#pragma once

#include "jobs/verify_findings.hpp"
#include "tar/archive.hpp"

#include <filesystem>
#include <set>
#include <string>

namespace ocimux {

/// Where an archive of a layout has the blob.
std::string blob_path(const Digest& digest);

/// Tells of blobs that are not among @p reached, of what is among the blobs and is none, and of
/// directories that killed runs left.
void tell_others_in(const std::filesystem::path& layout, const std::set<Digest>& reached,
                    const Spot& spot, Findings& findings);
void tell_others_in(const TarArchive& archive, const std::set<Digest>& reached, const Spot& spot,
                    Findings& findings);

}  // namespace ocimux
