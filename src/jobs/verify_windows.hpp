#pragma once

#include "compose/tree.hpp"
#include "jobs/verify_findings.hpp"
#include "tar/member.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ocimux {

/// What a layer has at its top and below, as Windows wants it.
struct WindowsForm {
  std::vector<Said> wrong = {};     ///< as code `windows-layer-form`
  std::string whiteout = {};        ///< the first, which a layer without others below must not have
  std::size_t entries = 0;          ///< files and directories below `Files`
  std::size_t without_records = 0;  ///< of these, without MSWINDOWS records
};

/// Holds the entries of a layer against the form that Windows reads (hcsshim,
/// internal/wclayer/legacy.go), as they pass by. Memory: some 60 bytes a path below `Files` and
/// `Hives`.
class WindowsContents final {
 public:
  enum class Records { present, missing };

  /// @p member stands at @p path. Looks for it among what came before unless @p compare is false.
  void add(const TarMember& member, const std::string& path, Records records, bool compare);
  /// After the last entry.
  void end();
  [[nodiscard]] const WindowsForm& form() const { return form_; }

 private:
  struct Known {
    std::uint64_t check;     // another hash of the path, folded
    std::uint64_t spelling;  // a hash of it as it is spelled
    bool directory;
  };

  void check_top(const std::string& path);
  void check_whiteout(const std::string& path);
  void check_stream(TarMember::Kind kind, const std::string& path);
  void check_name(const std::string& path);
  void check_link(const TarMember& member, const std::string& path);
  void check_place(TarMember::Kind kind, const std::string& path);
  void wrong(std::string_view kind, Said said);

  WindowsForm form_;
  std::map<std::string_view, std::pair<Said, std::size_t>> wrong_;  // first, and how many
  std::string last_;                                                // entry that is no stream
  std::unordered_map<std::uint64_t, Known> known_;
  FileTree names_{Names::folded};
};

}  // namespace ocimux
