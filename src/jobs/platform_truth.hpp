#pragma once

#include <ocimux/spec/platform.hpp>

#include "source/image.hpp"
#include "spec/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// An executable of an image, and where it is.
struct Program {
  std::string path;
  Executable executable;
};

/// The config of an image that has one: every kind but a root filesystem.
Json config_of(const Image& image);

/// What the binaries of an image say of the platform it is for.
///
/// Three groups are asked, one after the other: what the image starts (Entrypoint and Cmd), its
/// system (dynamic loader, libc, shell; on Windows the kernel's libraries), and all other programs.
/// In the first two each counts; of the others the majority, because images hold cross tool
/// chains, emulators, firmware and test data for platforms that are not theirs.
class PlatformTruth final {
 public:
  explicit PlatformTruth(const Programs& programs);

  /// Also asks what an image with this config (its member `config`) starts.
  void set_config(const Json& config);

  /// What the binaries are for, as far as they agree; to fill in what nobody said.
  [[nodiscard]] std::optional<Platform> platform() const;
  /// The program that speaks loudest against @p said; nothing when none does.
  [[nodiscard]] std::optional<Program> against(const Platform& said) const;
  /// A program that asks for more of an amd64 or arm processor (v3, v7) than @p said promises.
  [[nodiscard]] std::optional<Program> needing_more(const Platform& said) const;

 private:
  [[nodiscard]] std::optional<Program> started_against(const Platform& said) const;
  [[nodiscard]] std::optional<Program> system_against(const Platform& said) const;
  [[nodiscard]] std::optional<Program> all_against(const Platform& said) const;
  [[nodiscard]] std::optional<Program> majority_against(const Platform& said) const;
  [[nodiscard]] std::optional<Program> newer_arm(const Platform& said) const;
  [[nodiscard]] std::string arm_variant(const std::vector<Program>& group,
                                        const Platform& platform) const;
  [[nodiscard]] bool has_any_for(const Platform& said) const;

  bool add_started(const std::string& word, const Json& settings);

  const Programs& programs_;
  std::vector<Program> started_;
  std::vector<Program> system_;
  std::vector<Program> others_;
};

}  // namespace ocimux
