#include "layout/reliance.hpp"

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"
#include "layout/staging.hpp"

#include <string>
#include <string_view>

namespace ocimux {
namespace {

constexpr std::string_view journal_name = "relied-on";
constexpr std::int64_t largest_journal = std::int64_t{1} << 30;

}  // namespace

RelianceJournal::RelianceJournal(const std::filesystem::path& staging)
    : file_(File::create(staging / journal_name)) {}

// One write a line. A reader may meet a line without its end: its writer has not looked yet.
void RelianceJournal::add(const Digest& digest) const {
  file_.write(as_bytes(digest.string() + "\n"));
}

std::optional<std::set<Digest>> read_reliance(const std::filesystem::path& staging) {
  std::string text;
  try {
    const auto file = std::make_shared<const File>(File::open_regular(staging / journal_name));
    text = read_document(file_body(file, 0, file->size()), largest_journal);
  } catch (const Error& error) {
    if (error.code() == Errc::not_found || error.code() == Errc::denied) return std::nullopt;
    throw;
  }
  std::set<Digest> digests;
  for (std::size_t at = 0, end = text.find('\n'); end != std::string::npos;
       at = end + 1, end = text.find('\n', at)) {
    digests.insert(Digest::parse(std::string_view(text).substr(at, end - at)));
  }
  return digests;
}

Reliance read_reliance_in(const std::filesystem::path& layout, const std::filesystem::path& own) {
  Reliance reliance;
  for (const std::filesystem::path& staging : live_stagings(layout)) {
    if (staging == own) continue;
    const auto blobs = read_reliance(staging);
    std::error_code failure;
    if (blobs) {
      reliance.blobs.insert(blobs->begin(), blobs->end());
    } else if (std::filesystem::exists(staging, failure)) {
      reliance.on_any = true;
    }
  }
  return reliance;
}

}  // namespace ocimux
