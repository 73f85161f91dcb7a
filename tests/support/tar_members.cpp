#include "tar_members.hpp"

#include "files.hpp"
#include "streams.hpp"
#include "tar/reader.hpp"
#include "tar/writer.hpp"

#include <cstdio>
#include <stdexcept>

namespace ocimux::test {

std::vector<ReadMember> members_of(const std::string& bytes) {
  std::vector<ReadMember> members;
  TarReader reader(file_with(bytes));
  while (auto header = reader.next()) {
    MemorySink sink;
    reader.content(sink);
    members.push_back({*header, sink.take()});
  }
  return members;
}

const ReadMember& member(const std::vector<ReadMember>& members, const std::string& path) {
  for (const ReadMember& one : members) {
    if (one.header.path == path) return one;
  }
  throw std::runtime_error("no member " + path);
}

std::string written(const std::vector<ReadMember>& members) {
  MemorySink sink;
  TarWriter writer(sink);
  for (const ReadMember& one : members) {
    writer.begin(one.header);
    writer.content(as_bytes(one.content));
  }
  writer.finish();
  return sink.take();
}

std::string archive_by(const std::string& script) {
  const TemporaryDirectory directory;
  return output_of("set -e; cd '" + directory.path().string() + "'; " + script);
}

void set_field(std::string& archive, std::size_t header, std::size_t offset,
               const std::string& value) {
  archive.replace(header + offset, value.size(), value);
  archive.replace(header + 148, 8, std::string(8, ' '));
  unsigned sum = 0;
  for (std::size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(archive[header + i]);
  std::string text(8, '\0');
  std::snprintf(text.data(), text.size(), "%06o", sum);
  text[7] = ' ';
  archive.replace(header + 148, 8, text);
}

}  // namespace ocimux::test
