#include "steps.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <mutex>

namespace faults {
namespace {

namespace fs = std::filesystem;

constinit std::mutex mutex;  // held while a step is under way
constinit long steps = 0;
constinit long changes = 0;

/// What was asked for.
struct Orders {
  std::string under;
  int log = -1;
  long kill_at = 0;
  long fail_at = 0;
  int error = 0;
  bool all_behind = false;
};

std::string setting(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read only
  return value == nullptr ? std::string() : value;
}

Orders read_orders() {
  Orders orders;
  orders.under = setting("FAULTS_UNDER");
  const std::string log = setting("FAULTS_LOG");
  if (!log.empty()) {
    orders.log = static_cast<int>(kernel()(SYS_openat, AT_FDCWD, log.c_str(),
                                           O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  orders.kill_at = std::atol(setting("FAULTS_KILL").c_str());
  const std::string fail = setting("FAULTS_FAIL");
  orders.fail_at = std::atol(fail.c_str());
  if (const auto colon = fail.find(':'); colon != std::string::npos) {
    orders.error = std::atoi(fail.c_str() + colon + 1);
  }
  orders.all_behind = fail.ends_with('+');
  return orders;
}

// Never destroyed: files are closed after the end of main(), too.
const Orders& orders() {
  static const Orders& read = *new Orders(read_orders());
  return read;
}

bool is_watched(const std::string& path) {
  const std::string& under = orders().under;
  return !under.empty() && path.starts_with(under) &&
         (path.size() == under.size() || path[under.size()] == '/');
}

std::string path_of(int file) {
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  std::array<char, 4096> path{};
  const long size = kernel()(SYS_readlinkat, AT_FDCWD, link.c_str(), path.data(), path.size());
  return size < 0 ? std::string() : std::string(path.data(), static_cast<std::size_t>(size));
}

std::string_view name_of(int error) {
  switch (error) {
    case EIO: return "EIO";
    case EACCES: return "EACCES";
    case ENOSPC: return "ENOSPC";
    default: return "?";
  }
}

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace

Kernel kernel() {
  static const auto real = reinterpret_cast<Kernel>(::dlsym(RTLD_NEXT, "syscall"));
  return real;
}

void end() {
  kernel()(SYS_kill, kernel()(SYS_getpid), SIGKILL);
  for (;;) kernel()(SYS_sched_yield);
}

std::string absolute(int directory, const char* path) {
  const fs::path given = path == nullptr ? "" : path;
  if (given.is_absolute()) return given.lexically_normal();
  const std::string base = directory == AT_FDCWD ? std::string() : path_of(directory);
  std::array<char, 4096> current{};
  if (base.empty()) kernel()(SYS_getcwd, current.data(), current.size());
  std::string whole = (fs::path(base.empty() ? current.data() : base) / given).lexically_normal();
  if (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

bool is_there(int directory, const char* path) {
  struct stat status {};
  return kernel()(SYS_newfstatat, directory, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

Step::Step(const Call& call, int directory, const char* path) : path_(absolute(directory, path)) {
  begin(call);
}

Step::Step(const Call& call, int file) : path_(path_of(file)) { begin(call); }

void Step::begin(const Call& call) {
  counts_ = is_watched(path_);
  if (!counts_) return;
  mutex.lock();
  ++steps;
  if (call.kind == Kind::change) ++changes;
  if (call.kind == Kind::change && changes == orders().kill_at) {
    if (call.name != "write") end();
    ends_ = true;
  }
  const bool chosen = orders().all_behind ? steps >= orders().fail_at : steps == orders().fail_at;
  if (orders().fail_at > 0 && chosen &&
      call.errors.find(name_of(orders().error)) != call.errors.npos) {
    failure_ = orders().error;
  }
  record_ = "{\"step\":" + std::to_string(steps);
  if (call.kind == Kind::change) note("change", changes);
  note("name", std::string(call.name));
  note("errors", std::string(call.errors));
  note("path", path_);
}

Step::~Step() {
  if (counts_) mutex.unlock();
}

bool Step::fails() {
  if (failure_ == 0) return false;
  note("failed", failure_);
  done(-1);
  errno = failure_;
  return true;
}

void Step::note(std::string_view member, long long number) {
  if (counts_) record_ += ',' + in_quotes(member) + ':' + std::to_string(number);
}

void Step::note(std::string_view member, const std::string& text) {
  if (counts_) record_ += ',' + in_quotes(member) + ':' + in_quotes(text);
}

void Step::note(std::string_view member, const void* data, std::size_t size) {
  if (!counts_ || orders().log < 0) return;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<const unsigned char*>(data)[i];
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  note(member, text);
}

void Step::note_inode(int file) { note_inode(file, ""); }

void Step::note_inode(int directory, const char* path) {
  if (!counts_) return;
  const int before = errno;
  struct stat status {};
  if (kernel()(SYS_newfstatat, directory, path, &status,
               AT_SYMLINK_NOFOLLOW | (*path == '\0' ? AT_EMPTY_PATH : 0)) == 0) {
    note("inode", static_cast<long long>(status.st_ino));
  }
  errno = before;
}

long Step::done(long result) {
  const int before = errno;
  if (counts_ && orders().log >= 0) {
    note("result", result);
    record_ += "}\n";
    kernel()(SYS_write, orders().log, record_.data(), record_.size());
  }
  errno = before;
  return result;
}

}  // namespace faults
