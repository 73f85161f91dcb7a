#pragma once

#include <string>
#include <string_view>

namespace ocimux {

/// The full form of an image's name, under which container engines know it: with the registry's
/// host, and `library/` for Docker Hub's own images. `velero/velero:main` becomes
/// `docker.io/velero/velero:main`, `busybox:1` becomes `docker.io/library/busybox:1`; a name with a
/// host (a first part with `.` or `:`, or `localhost`) stays.
/// Source: distribution/reference, normalize.go.
std::string normalized_image_name(std::string_view name);

/// True for what a tag may be: [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}.
/// Source: distribution-spec, "Pulling manifests".
bool is_tag(std::string_view text);

}  // namespace ocimux
