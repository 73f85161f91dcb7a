#include "support/raw_tar.hpp"

#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"

#include <array>
#include <cstdio>

namespace ocimux::test {
namespace {

constexpr std::size_t block = 512;

std::string record(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t size = rest.size();
  while (std::to_string(size).size() + rest.size() != size) {
    size = std::to_string(size).size() + rest.size();
  }
  return std::to_string(size) + rest;
}

}  // namespace

std::string raw_header(const std::string& name, char type, std::size_t size) {
  std::string bytes = TarBuilder("gnutar").file("x", "").bytes().substr(0, block);
  std::array<char, 12> octal{};
  std::snprintf(octal.data(), octal.size(), "%011zo", size);
  set_field(bytes, 0, 0, name + std::string(100 - name.size(), '\0'));
  set_field(bytes, 0, 124, std::string(octal.data()));
  set_field(bytes, 0, 156, std::string(1, type));
  return bytes;
}

std::string padded(std::string content) {
  content.resize((content.size() + block - 1) / block * block);
  return content;
}

std::string raw_file(const std::string& name, const std::string& content) {
  return raw_header(name, '0', content.size()) + padded(content);
}

std::string pax_header(const std::vector<std::pair<std::string, std::string>>& records, char type) {
  std::string text;
  for (const auto& [key, value] : records) text += record(key, value);
  return raw_header("pax", type, text.size()) + padded(text);
}

std::string long_name(const std::string& name, char type) {
  return raw_header("././@LongLink", type, name.size() + 1) + padded(name + '\0');
}

std::string end_of_tar() { return std::string(2 * block, '\0'); }

}  // namespace ocimux::test
