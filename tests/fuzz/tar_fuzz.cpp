// Tars by header and by name: what is read does not depend on how it comes, and what is written of
// it reads the same.

#include "compress/codec.hpp"
#include "fuzz/fuzzing.hpp"
#include "tar/archive.hpp"
#include "tar/path.hpp"
#include "tar/reader.hpp"
#include "tar/writer.hpp"

#include <utility>

namespace ocimux::fuzz {
namespace {

constexpr std::size_t most_content = std::size_t{1} << 20;  // holes may claim any size

struct Read {
  std::vector<std::pair<TarMember, std::string>> members;
  std::string refusal;
};

Read read_all(TarReader& reader) {
  Read read;
  try {
    while (auto member = reader.next()) {
      require(member_path(member->path) == member->path, "a member's path is in its one form");
      require(member->size >= 0 && member->mtime_nanoseconds >= 0, "no number is negative");
      LimitedSink content(most_content);
      reader.content(content);
      if (member->kind == TarMember::Kind::regular) {
        require(static_cast<std::int64_t>(content.text.size()) == member->size ||
                    member->size > static_cast<std::int64_t>(most_content),
                "content is as long as the header says");
      }
      read.members.emplace_back(std::move(*member), std::move(content.text));
    }
  } catch (const Error& error) {
    read.refusal = error.what();
  } catch (const LimitedSink::TooMuch&) {
    read.refusal = "too much";
  }
  return read;
}

bool same(const TarMember& a, const TarMember& b) {
  return a.path == b.path && a.kind == b.kind && a.size == b.size && a.mode == b.mode &&
         a.uid == b.uid && a.gid == b.gid && a.mtime == b.mtime &&
         a.mtime_nanoseconds == b.mtime_nanoseconds && a.link_target == b.link_target &&
         a.device_major == b.device_major && a.device_minor == b.device_minor &&
         a.xattrs == b.xattrs;
}

bool same(const Read& a, const Read& b) {
  if (a.members.size() != b.members.size()) return false;
  for (std::size_t i = 0; i < a.members.size(); ++i) {
    if (!same(a.members[i].first, b.members[i].first) ||
        a.members[i].second != b.members[i].second) {
      return false;
    }
  }
  return true;
}

Read read_file(std::string_view text) {
  try {
    TarReader reader(memory_file(text));
    return read_all(reader);
  } catch (const Error& error) {
    return {{}, error.what()};
  }
}

Read read_stream(std::string_view text, std::uint8_t seed) {
  try {
    TarReader reader(std::make_unique<CutSource>(text, seed));
    return read_all(reader);
  } catch (const Error& error) {
    return {{}, error.what()};
  }
}

std::string written(const Read& read) {
  MemorySink sink;
  TarWriter writer(sink);
  for (const auto& [member, content] : read.members) {
    writer.begin(member);
    writer.content(as_bytes(content));
  }
  writer.finish();
  return sink.take();
}

void check_names(std::string_view text, const Read& read) {
  const auto archive =
      outcome_of([&] { return std::make_shared<const TarArchive>(memory_file(text)); });
  if (!archive.value) return;
  for (const auto& [member, content] : read.members) {
    tolerate([&] {
      const Body body = (*archive.value)->body(member.path);
      const std::string found = content_of(body);
      if (member.kind == TarMember::Kind::regular) {
        require(found == content, "content by name is content by position");
      }
    });
  }
}

// What may be missing behind the last content.
std::string with_end(std::string_view text) {
  std::string whole(text);
  whole.resize((whole.size() + 511) / 512 * 512 + 1024);
  return whole;
}

void check(std::string_view text, std::uint8_t seed) {
  const Read from_file = read_file(text);
  check_names(text, from_file);
  const Read once = read_stream(text, 0);
  const Read again = read_stream(text, seed);
  require(same(once, again) && once.refusal == again.refusal,
          "a stream reads the same in any pieces");
  if (once.refusal.empty() && sniff(as_bytes(text)) == Codec::none) {
    const Read ended = read_stream(with_end(text), 0);
    require(ended.refusal.empty() && same(once, ended), "an end that may be missing says nothing");
  }
  if (!from_file.refusal.empty() || sniff(as_bytes(text)) != Codec::none) return;
  require(once.refusal.empty() && same(from_file, once), "a whole archive streams as it reads");
  tolerate([&] {
    const Read rewritten = read_file(written(from_file));
    require(rewritten.refusal.empty() && same(from_file, rewritten),
            "what is written anew reads the same");
  });
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::check(ocimux::fuzz::text_of(data, size), size == 0 ? 1 : data[size / 2]);
  return 0;
}
