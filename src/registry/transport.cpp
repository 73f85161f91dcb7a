#include "registry/transport.hpp"

#include "io/memory.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

std::vector<std::string> Headers::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : fields_) {
    if (equal_ignoring_case(key, name)) values.push_back(value);
  }
  return values;
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  erase(name);
  add(std::move(name), std::move(value));
}

void Headers::erase(std::string_view name) {
  std::erase_if(fields_,
                [&](const Field& field) { return equal_ignoring_case(field.first, name); });
}

std::string media_type_of(const Headers& headers) {
  std::string type(headers.find("Content-Type"));
  type.erase(std::min(type.find(';'), type.size()));
  type.erase(type.find_last_not_of(" \t") + 1);
  std::transform(type.begin(), type.end(), type.begin(), lower);
  return type;
}

std::string front_of(Response& response, std::size_t limit) {
  std::string text;
  std::array<std::byte, 4096> buffer{};
  while (text.size() < limit) {
    const std::size_t room = std::min(buffer.size(), limit - text.size());
    const std::size_t count = response.body->read(std::span(buffer).first(room));
    if (count == 0) break;
    text.append(as_text(Bytes(buffer).first(count)));
  }
  return text;
}

void discard(Response& response) {
  constexpr std::size_t worth_reading = std::size_t{64} * 1024;
  try {
    static_cast<void>(front_of(response, worth_reading));
  } catch (const TransferError&) {
    return;  // nobody wanted it
  }
}

}  // namespace ocimux
