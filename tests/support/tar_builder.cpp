#include "tar_builder.hpp"

#include "files.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

namespace ocimux::test {
namespace {

struct Freed {
  void operator()(archive* a) const { archive_free(a); }
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

void check(int result, archive* a) {
  if (result != ARCHIVE_OK) throw std::runtime_error(archive_error_string(a));
}

la_ssize_t append(archive* /*a*/, void* out, const void* bytes, size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

__LA_MODE_T type_of(char type) {
  switch (type) {
    case '2': return AE_IFLNK;
    case '3': return AE_IFCHR;
    case '4': return AE_IFBLK;
    case '5': return AE_IFDIR;
    case '6': return AE_IFIFO;
    default: return AE_IFREG;
  }
}

constexpr std::int64_t hole = 1 << 20;

void describe(archive_entry* out, const TarBuilder::Entry& entry) {
  archive_entry_copy_pathname(out, entry.path.c_str());
  archive_entry_set_filetype(out, type_of(entry.type));
  archive_entry_set_perm(out, static_cast<__LA_MODE_T>(entry.mode));
  archive_entry_set_uid(out, entry.uid);
  archive_entry_set_gid(out, entry.gid);
  archive_entry_set_mtime(out, entry.mtime, entry.mtime_nanoseconds);
  const auto size = static_cast<std::int64_t>(entry.content.size());
  archive_entry_set_size(out, entry.type == '0' ? size + (entry.sparse ? hole : 0) : 0);
  if (entry.type == '1') archive_entry_copy_hardlink(out, entry.link.c_str());
  if (entry.type == '2') archive_entry_copy_symlink(out, entry.link.c_str());
  archive_entry_set_rdevmajor(out, static_cast<dev_t>(entry.major));
  archive_entry_set_rdevminor(out, static_cast<dev_t>(entry.minor));
  for (const auto& [name, value] : entry.xattrs) {
    archive_entry_xattr_add_entry(out, name.c_str(), value.data(), value.size());
  }
  if (entry.sparse) archive_entry_sparse_add_entry(out, hole, size);
}

}  // namespace

TarBuilder& TarBuilder::add(Entry entry) {
  entries_.push_back(std::move(entry));
  return *this;
}

TarBuilder& TarBuilder::file(const std::string& path, const std::string& content) {
  return add({.path = path, .content = content});
}

TarBuilder& TarBuilder::directory(const std::string& path) {
  return add({.path = path, .type = '5', .mode = 0755});
}

TarBuilder& TarBuilder::symlink(const std::string& path, const std::string& target) {
  return add({.path = path, .type = '2', .link = target, .mode = 0777});
}

TarBuilder& TarBuilder::hard_link(const std::string& path, const std::string& target) {
  return add({.path = path, .type = '1', .link = target});
}

std::string TarBuilder::bytes() const {
  std::string out;
  const std::unique_ptr<archive, Freed> a(archive_write_new());
  check(archive_write_set_format_by_name(a.get(), format_.c_str()), a.get());
  archive_write_set_bytes_in_last_block(a.get(), 1);
  check(archive_write_open(a.get(), &out, nullptr, append, nullptr), a.get());
  for (const Entry& entry : entries_) {
    const std::unique_ptr<archive_entry, Freed> header(archive_entry_new());
    describe(header.get(), entry);
    check(archive_write_header(a.get(), header.get()), a.get());
    if (entry.sparse) {
      const std::string zeros(static_cast<std::size_t>(hole), '\0');
      archive_write_data(a.get(), zeros.data(), zeros.size());
    }
    if (entry.type == '0') archive_write_data(a.get(), entry.content.data(), entry.content.size());
  }
  check(archive_write_close(a.get()), a.get());
  return out;
}

std::string TarBuilder::write(const std::filesystem::path& path) const {
  write_file(path, bytes());
  return path.string();
}

std::map<std::string, std::string> files_in_tar(const std::string& bytes) {
  std::map<std::string, std::string> files;
  const std::unique_ptr<archive, Freed> a(archive_read_new());
  archive_read_support_format_tar(a.get());
  check(archive_read_open_memory(a.get(), bytes.data(), bytes.size()), a.get());
  archive_entry* entry = nullptr;
  while (archive_read_next_header(a.get(), &entry) == ARCHIVE_OK) {
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
      continue;
    }
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    if (archive_read_data(a.get(), content.data(), content.size()) < 0) {
      throw std::runtime_error(archive_error_string(a.get()));
    }
    files[archive_entry_pathname(entry)] = content;
  }
  return files;
}

std::vector<std::string> names_in_tar(const std::string& bytes) {
  std::vector<std::string> names;
  const std::unique_ptr<archive, Freed> a(archive_read_new());
  archive_read_support_format_tar(a.get());
  check(archive_read_open_memory(a.get(), bytes.data(), bytes.size()), a.get());
  archive_entry* entry = nullptr;
  while (archive_read_next_header(a.get(), &entry) == ARCHIVE_OK) {
    std::string name = archive_entry_pathname(entry);
    if (name.ends_with('/')) name.pop_back();
    names.push_back(name);
  }
  return names;
}

}  // namespace ocimux::test
