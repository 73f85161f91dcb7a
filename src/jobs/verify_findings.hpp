#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/jobs/verify.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// A place in an input, and when the walk came by it.
struct Spot {
  std::string place = {};
  std::size_t order = 0;
  std::optional<std::size_t> image = {};  ///< in the list of the input's images

  /// A place below this one, which counts as visited with it.
  [[nodiscard]] Spot below(std::string_view name) const;
};

/// What a finding says.
struct Said {
  std::string expected;
  std::string found;
  std::string hint = {};
};

/// An error in two parts: `where: expected …, found …`.
struct SaidAt {
  std::string where;  ///< empty for none
  Said said;
};
SaidAt said_by(const Error& error);
SaidAt said_by(std::string_view message, std::string hint = {});

/// Gathers what is found in one input: of errors and of warnings the first `most_told` each, and
/// how many more there are.
class Findings final {
 public:
  static constexpr std::size_t most_told = 20'000;

  Findings(std::string input, Strictness strictness)
      : input_(std::move(input)), strictness_(strictness) {}

  /// @p code is one of verify_codes(). What is said once more of the same blob counts as one more
  /// place of the first.
  void add(const Spot& spot, std::string_view code, Said said, std::optional<Digest> digest = {},
           std::size_t more = 0);
  /// Adds what @p error says, at the place below @p spot that it names.
  void add(const Spot& spot, std::string_view code, const Error& error,
           const std::optional<Digest>& digest = {});

  /// All, in the order of the walk.
  [[nodiscard]] std::vector<Finding> take();

 private:
  struct Kept {
    std::size_t order = 0;
    Finding finding = {};
  };

  struct Count {
    std::size_t told = 0;
    std::size_t untold = 0;
  };

  void add_untold();

  std::string input_;
  Strictness strictness_;
  std::map<Severity, Count> counts_;
  std::vector<Kept> all_;
  std::map<std::string, std::size_t> known_;  // what was said of which blob: its place in all_
};

}  // namespace ocimux
