#pragma once

#include "jobs/verify_findings.hpp"
#include "jobs/verify_store.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ocimux {

/// Finds the blobs of a layout, and tells of those that are not as they are listed.
class Lookup final {
 public:
  /// Both must outlive this.
  Lookup(const OpenLayout& layout, Findings& findings) : layout_(layout), findings_(findings) {}

  /// The blob as it is there; nothing where it is not, which is a finding unless it is a foreign
  /// layer. Throws Errc::cancelled and Errc::network.
  std::optional<Body> find(const Descriptor& descriptor, const Spot& spot);

  /// True when something is there, right or wrong. Tells nothing.
  [[nodiscard]] bool has(const Descriptor& descriptor) const;

  /// A document that is what its digest says; nothing, and a finding, where it is not.
  std::optional<std::string> text_of(const Descriptor& descriptor, const Spot& spot);

  /// Of a blob that was looked for before: tells what is wrong with it at this place, too.
  void again(const Descriptor& descriptor, const Spot& spot);

  /// False where a document could not be read: what it leads to is not known.
  [[nodiscard]] bool complete() const { return complete_; }
  void mark_incomplete() { complete_ = false; }

 private:
  void wrong(const Spot& spot, std::string_view code, Said said, const Digest& digest);
  void tell_unreadable(const Error& error, const Descriptor& descriptor, const Spot& spot);
  void check_size(const Descriptor& descriptor, const Spot& spot);
  std::optional<std::string> unchecked_text_of(const Descriptor& descriptor, const Spot& spot);

  const OpenLayout& layout_;
  Findings& findings_;
  std::map<Digest, std::pair<std::string_view, Said>> wrong_;
  std::map<Digest, std::int64_t> sizes_;  // of those that are there
  std::size_t documents_ = 0;
  std::int64_t bytes_ = 0;  // of documents
  bool complete_ = true;
};

}  // namespace ocimux
