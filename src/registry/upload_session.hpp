#pragma once

#include <ocimux/digest/digest.hpp>

#include "registry/repository.hpp"

#include <cstdint>
#include <optional>
#include <string>

// The requests that an upload consists of (distribution-spec v1.1, "Pushing blobs"); what they add
// up to is blob_upload's.

namespace ocimux {

/// An upload that a registry has begun.
struct UploadSession {
  Url location;  ///< where the next request goes; a registry may move it each time
  Network from = Network::outside;  ///< where the server was that named it
  std::int64_t offset = 0;          ///< bytes the registry has
  std::int64_t least_part =
      0;  ///< bytes that every part but the last must have (OCI-Chunk-Min-Length)
};

/// What came of a request to begin: a session, or (nothing) the blob was there already or mounted.
struct Begun {
  std::optional<UploadSession> session = {};
};

/// Begins an upload. Throws as refusal_of() has it.
UploadSession begin_upload(const Repository& repository);

/// Asks the registry to take @p digest from its repository @p from; a registry that does not begins
/// an upload instead. Throws as refusal_of() has it: then nothing is begun.
Begun mount_blob(const Repository& repository, const Digest& digest, const std::string& from);

/// How far an upload is; nothing where the registry does not know it any more.
std::optional<UploadSession> ask_session(const Repository& repository,
                                         const UploadSession& session);

/// Lets the registry forget an upload; whether it does is its business.
void cancel_upload(const Repository& repository, const UploadSession& session) noexcept;

/// The answer to the last request of an upload, with @p body: all of the blob, or (nothing) no more
/// of it. Sent once; TransferError where no answer comes.
Response put_blob(const Repository& repository, const UploadSession& session, const Digest& digest,
                  std::optional<Body> body);

/// The answer to a part of an upload. Sent once; TransferError where no answer comes.
Response patch_blob(const Repository& repository, const UploadSession& session, const Body& part);

/// Where an upload goes on after @p answer, a success; the offset is left as it is.
void follow_session(UploadSession& session, const Response& answer);

}  // namespace ocimux
