#pragma once

#include <string>
#include <vector>

namespace ocimux::cli {

/// Rows of cells, each column as wide as its widest cell.
class Table final {
 public:
  explicit Table(std::vector<std::string> heading) { add(std::move(heading)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// The lines, each behind @p indent.
  [[nodiscard]] std::string text(const std::string& indent) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace ocimux::cli
