#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// One instruction of a Dockerfile: its continued lines joined, comments left out.
struct DockerfileLine {
  struct Heredoc {
    std::string name;
    std::string body;
  };

  std::string text;
  int number = 0;  ///< of its first line, from 1
  std::vector<Heredoc> heredocs = {};
};

struct DockerfileLines {
  char escape = '\\';  ///< of the directive `# escape=`
  std::vector<DockerfileLine> lines;
};

/// Joins the lines of the Dockerfile @p text, whose name is @p name, as BuildKit's parser does:
/// directives, comments, continued lines, heredocs; line ends of Unix and Windows, a byte order
/// mark. Throws Errc::invalid_argument, with name and line in front, for what it refuses.
DockerfileLines read_dockerfile_lines(std::string_view text, std::string_view name);

/// `Dockerfile:12`
std::string dockerfile_place(std::string_view name, int line);

}  // namespace ocimux
