#pragma once

#include "spec/json.hpp"

#include <string_view>

namespace ocimux {

/// The first document of YAML as it would be in JSON, all scalars as text: a secret of Kubernetes
/// as `kubectl get secret -o yaml` shows it. Throws Errc::corrupt, without repeating it, for other
/// text, and for what no such secret needs and a bomb is made of: anchors, aliases, 64 levels.
Json parse_secret_yaml(std::string_view text);

}  // namespace ocimux
