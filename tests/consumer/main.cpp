// Someone else's program: it includes public headers only, by the names they
// have once installed.
#include <ocimux/digest/digest.hpp>

#include <cstdio>
#include <string>

int main() {
  // A warning on purpose: it must not be an error in a project that is not ours.
  int unused_on_purpose;

  const std::string text =
      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const auto digest = ocimux::Digest::parse(text);
  const auto empty = ocimux::Digest::of("");
  std::puts(empty.string().c_str());
  return digest.string() == text && empty == digest ? 0 : 1;
}
