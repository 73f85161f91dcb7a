#pragma once

#include <ocimux/gtest/reference.hpp>
#include <ocimux/jobs/files.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace ocimux::gtest {

/// For a mode that does not matter.
inline constexpr int AnyMode = -1;

namespace detail {

/// The largest content that is compared as text, in bytes.
inline constexpr std::int64_t largest_content = std::int64_t{1} << 30;

inline std::string octal(std::uint32_t mode) {
  std::string text;
  for (unsigned shift = 12; shift != 0;) {
    shift -= 3;
    text += static_cast<char>('0' + ((mode >> shift) & 7U));
  }
  return text;
}

inline FilesOptions file_options(const std::string& reference, const std::string& platform,
                                 const std::string& path, LastLink last) {
  FilesOptions options{reference};
  options.platform = Platform::parse(platform);
  options.path = path;
  options.last_link = last;
  options.digests = ContentDigests::left_out;
  options.jobs = threads();
  return options;
}

struct FileRule {
  std::string platform;
  std::string path;
  int mode = AnyMode;
  std::optional<Digest> digest = {};
  std::optional<testing::Matcher<const std::string&>> content = {};

  bool matches(const std::string& reference, testing::MatchResultListener& listener) const {
    FilesOptions options = file_options(reference, platform, path, LastLink::followed);
    if (digest) options.digests = ContentDigests::computed;
    const FileSearch search = find_file(options);
    if (!search.found) {
      listener << "where nothing is there: " << search.reason;
      return false;
    }
    const FileEntry& found = *search.found;
    if (found.kind != FileKind::regular) {
      listener << "where '" << found.path << "' is a " << name_of(found.kind);
      return false;
    }
    return has_mode(found, listener) && has_digest(found, listener) &&
           has_content(reference, found, listener);
  }

  [[nodiscard]] std::string description() const {
    std::string text = "has for " + platform + " the file '" + path + "'";
    if (mode != AnyMode) text += " with mode " + octal(static_cast<std::uint32_t>(mode));
    if (digest) text += " with digest " + digest->string();
    if (content)
      text += " with content that " + testing::DescribeMatcher<const std::string&>(*content);
    return text;
  }

 private:
  bool has_mode(const FileEntry& found, testing::MatchResultListener& listener) const {
    if (mode == AnyMode || found.mode == static_cast<std::uint32_t>(mode)) return true;
    listener << "where '" << found.path << "' has mode " << octal(found.mode);
    return false;
  }
  bool has_digest(const FileEntry& found, testing::MatchResultListener& listener) const {
    if (!digest || found.digest == digest) return true;
    listener << "where '" << found.path << "' (" << found.size << " bytes) has digest "
             << found.digest->string();
    return false;
  }
  bool has_content(const std::string& reference, const FileEntry& found,
                   testing::MatchResultListener& listener) const {
    if (!content) return true;
    CatOptions options{reference};
    options.platform = Platform::parse(platform);
    options.path = path;
    options.jobs = threads();
    const std::string text = cat(options, largest_content);
    if (content->Matches(text)) return true;
    constexpr std::size_t shown = 1000;
    listener << "where '" << found.path << "' has the content "
             << testing::PrintToString(text.substr(0, shown)) << (text.size() > shown ? "…" : "");
    return false;
  }
};

struct NoFileRule {
  std::string platform;
  std::string path;

  bool matches(const std::string& reference, testing::MatchResultListener& listener) const {
    const FileSearch search = find_file(file_options(reference, platform, path, LastLink::shown));
    if (!search.found) return true;
    const FileEntry& found = *search.found;
    listener << "where '" << found.path << "' is a " << name_of(found.kind);
    if (found.kind == FileKind::symlink) listener << " to '" << found.link_target << "'";
    return false;
  }
  [[nodiscard]] std::string description() const {
    return "has for " + platform + " nothing at '" + path + "'";
  }
};

}  // namespace detail

/// Has, in its image for @p platform, a regular file at @p path, symlinks followed inside the
/// image, the last one, too (mode and content are those of the file); with @p mode (0755), unless
/// that is AnyMode.
inline auto HasFile(std::string platform, std::string path, int mode = AnyMode) {
  return detail::reference_matcher(detail::FileRule{std::move(platform), std::move(path), mode});
}

/// The same with the SHA-256 of the content.
inline auto HasFile(std::string platform, std::string path, int mode, Digest digest) {
  return detail::reference_matcher(
      detail::FileRule{std::move(platform), std::move(path), mode, std::move(digest)});
}

/// The same with the content: text, or a matcher of it.
inline auto HasFile(std::string platform, std::string path, int mode,
                    testing::Matcher<const std::string&> content) {
  return detail::reference_matcher(
      detail::FileRule{std::move(platform), std::move(path), mode, {}, std::move(content)});
}

/// Has an image for @p platform, in which nothing is at @p path: no symlink either, wherever it
/// leads.
inline auto LacksFile(std::string platform, std::string path) {
  return detail::reference_matcher(detail::NoFileRule{std::move(platform), std::move(path)});
}

}  // namespace ocimux::gtest
