#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What the preloaded library knows of the steps that a program takes below one directory: it
/// numbers them, writes them down, and ends the process at, or fails, the one it was asked to:
///
///   FAULTS_UNDER=DIR       steps at paths below DIR count, no others (required)
///   FAULTS_LOG=FILE        every step is added to FILE, a JSON object a line, in order of effect
///   FAULTS_KILL=N          SIGKILL before the Nth change; if that is a write, half way through it
///   FAULTS_FAIL=N:ERRNO    the Nth step fails with that number
///   FAULTS_FAIL=N:ERRNO+   and so does each one behind it that can fail like that
namespace faults {

/// A step that changes what is, or what will stay, on the disk; or one that only looks.
enum class Kind { change, look };

/// One kind of step: `errors` are those that it can fail with, as the manual pages tell.
struct Call {
  std::string_view name;
  Kind kind;
  std::string_view errors;
};

/// A step under way. No other one takes place until it ends: the record tells what happened in
/// the order in which it happened.
class Step final {
 public:
  /// At @p path, which may be relative to the descriptor @p directory.
  Step(const Call& call, int directory, const char* path);
  /// At an open file.
  Step(const Call& call, int file);
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  ~Step();

  /// True when the step is to fail, unless it has begun; errno is set then.
  [[nodiscard]] bool fails();
  /// True when this is a write in the midst of which the process is to end.
  [[nodiscard]] bool ends_within() const { return ends_; }

  /// Adds a member to what is written down.
  void note(std::string_view member, long long number);
  void note(std::string_view member, const std::string& text);
  void note(std::string_view member, const void* data, std::size_t size);
  /// Adds the number of the file at a path, or an open one.
  void note_inode(int file);
  void note_inode(int directory, const char* path);
  /// The step has been taken; gives @p result back. errno stays.
  long done(long result);

 private:
  void begin(const Call& call);

  bool counts_ = false;
  bool ends_ = false;
  int failure_ = 0;
  std::string path_;
  std::string record_;
};

/// An absolute path for one that may be relative to an open directory.
std::string absolute(int directory, const char* path);
/// True when there is something of that name.
bool is_there(int directory, const char* path);
/// Ends the process with SIGKILL.
[[noreturn]] void end();

/// The C library's syscall(): calls through it are not watched.
using Kernel = long (*)(long number, ...);
Kernel kernel();

}  // namespace faults
