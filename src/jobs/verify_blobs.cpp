#include "jobs/verify_blobs.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include <algorithm>

namespace ocimux {
namespace {

/// What a layer's media type says of its compression; nothing where it says none.
std::optional<Codec> codec_of_type(std::string_view type) {
  if (type.ends_with("+gzip") || type.ends_with(".gzip")) return Codec::gzip;
  if (type.ends_with("+zstd")) return Codec::zstd;
  if (type.ends_with(".tar") || type.ends_with(".diff")) return Codec::none;
  return std::nullopt;
}

std::string called(Codec codec) {
  return codec == Codec::none ? "an uncompressed layer"
                              : "a layer in " + std::string(name_of(codec));
}

void tell_unreadable(const ListedBlob& blob, const Error& error, Findings& findings) {
  const bool missing = error.code() == Errc::not_found;
  const bool wrong = error.code() == Errc::corrupt;
  findings.add(blob.spot,
               missing ? "blob-missing"
               : wrong ? "blob-digest"
                       : "blob-unreadable",
               said_by(error).said, blob.descriptor.digest, blob.places - 1);
}

void tell_diff_ids(const ListedBlob& blob, const BlobFacts& facts, Findings& findings) {
  for (const LayerUse& use : blob.uses) {
    if (!use.diff_id) continue;
    const auto found = facts.diff_ids.find(std::string(use.diff_id->algorithm()));
    if (found == facts.diff_ids.end() || found->second == *use.diff_id) continue;
    findings.add(use.spot, "diff-id",
                 {"a layer with DiffID " + use.diff_id->string() + ", as the config says",
                  "one with " + found->second.string(),
                  "config and layer are not of one image: build it again"},
                 blob.descriptor.digest);
  }
}

void tell_compression(const ListedBlob& blob, const BlobFacts& facts, Findings& findings) {
  const std::size_t more = blob.places - 1;
  if (facts.compression) {
    return findings.add(blob.spot, "layer-compression", said_by(*facts.compression).said,
                        blob.descriptor.digest, more);
  }
  const auto said = codec_of_type(blob.descriptor.media_type);
  if (!said || *said == facts.codec || blob.descriptor.media_type.empty()) return;
  findings.add(blob.spot, "layer-compression",
               {called(*said) + ", as its media type says", called(facts.codec)},
               blob.descriptor.digest, more);
}

void tell_windows(const ListedBlob& blob, const BlobFacts& facts, Findings& findings) {
  const auto use = std::find_if(blob.uses.begin(), blob.uses.end(),
                                [](const LayerUse& one) { return one.windows; });
  if (use == blob.uses.end()) return;
  const Digest& digest = blob.descriptor.digest;
  const std::size_t more = blob.places - 1;
  for (const Said& said : facts.windows.wrong) {
    findings.add(use->spot, "windows-layer-form", said, digest, more);
  }
  if (facts.codec == Codec::zstd) {
    findings.add(use->spot, "windows-compression",
                 {"a layer in gzip or uncompressed for Windows", called(facts.codec),
                  "ocimux merge --recompress --compression gzip makes one of it"},
                 digest, more);
  }
  if (facts.windows.without_records != 0) {
    findings.add(use->spot, "windows-records",
                 {"attributes and owners of files (pax records MSWINDOWS.…)",
                  std::to_string(facts.windows.without_records) + " of " +
                      std::to_string(facts.windows.entries) + " files and directories without",
                  "Windows gives them those of the directory they are in"},
                 digest, more);
  }
}

}  // namespace

BlobQuestions questions_of(const ListedBlob& blob) {
  BlobQuestions questions;
  // docker save names layers by their DiffID alone.
  if (!blob.descriptor.media_type.empty()) questions.algorithm = blob.descriptor.digest.algorithm();
  for (const LayerUse& use : blob.uses) {
    questions.windows = questions.windows || use.windows;
    questions.diff_ids.emplace(use.diff_id ? use.diff_id->algorithm() : "sha256");
  }
  return questions;
}

bool is_sound(const ListedBlob& blob, const BlobFacts& facts) {
  return !facts.unreadable && !facts.compression && !facts.tar &&
         (!facts.digest || *facts.digest == blob.descriptor.digest);
}

void tell_blob(const ListedBlob& blob, const BlobFacts& facts, Findings& findings) {
  const Descriptor& descriptor = blob.descriptor;
  const std::size_t more = blob.places - 1;
  if (facts.unreadable) return tell_unreadable(blob, *facts.unreadable, findings);
  if (blob.body->remote && facts.size != descriptor.size) {
    findings.add(blob.spot, "blob-size",
                 {std::to_string(descriptor.size) + " bytes, as its descriptor says",
                  std::to_string(facts.size)},
                 descriptor.digest, more);
  }
  if (facts.digest && *facts.digest != descriptor.digest) {
    // What follows from that need not be told.
    return findings.add(blob.spot, "blob-digest",
                        {"content with digest " + descriptor.digest.string(),
                         "content with digest " + facts.digest->string(),
                         "the blob is damaged: bring it here again"},
                        descriptor.digest, more);
  }
  if (blob.uses.empty()) return;
  tell_compression(blob, facts, findings);
  tell_diff_ids(blob, facts, findings);
  if (facts.tar) {
    SaidAt at = said_by(*facts.tar);
    findings.add(blob.spot.below(at.where), "layer-tar", std::move(at.said), descriptor.digest,
                 more);
  }
  for (const LayerRemark& remark : facts.remarks) {
    findings.add(blob.spot, remark.code, remark.said, descriptor.digest, more);
  }
  tell_windows(blob, facts, findings);
}

}  // namespace ocimux
