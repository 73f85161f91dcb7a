#include "registry/credential_helper.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"
#include "spec/json.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <thread>
#include <utility>

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX names it, not every header does
extern char** environ;

namespace ocimux {
namespace {

constexpr std::int64_t largest_answer = 1 << 20;
constexpr std::string_view not_found = "credentials not found in native keychain";

struct Pipe {
  FileDescriptor out;
  FileDescriptor in;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error::from_errno(errno, "a pipe");
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

/// How the program starts: its streams, and signals as if nobody had touched them.
class SpawnOptions {
 public:
  SpawnOptions(int input, int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes_);
    sigset_t none{};
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t usual{};
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes_, &usual);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;
  ~SpawnOptions() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A program that runs; it is ended with this object at the latest.
class Child {
 public:
  Child(const std::string& program, std::string action, int input, int output) {
    const SpawnOptions options(input, output);
    std::string name = program;
    std::array<char*, 3> arguments{name.data(), action.data(), nullptr};
    const int failure = ::posix_spawnp(&id_, program.c_str(), options.actions(),
                                       options.attributes(), arguments.data(), environ);
    if (failure != 0) throw Error::from_errno(failure, program);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    wait();
  }

  /// Its exit status, -1 after a signal; nothing while it runs.
  std::optional<int> poll() {
    int status = 0;
    if (::waitpid(id_, &status, WNOHANG) != id_) return std::nullopt;
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  // After SIGKILL.
  void wait() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = 0;
  }

  pid_t id_ = 0;
};

/// How long a program may take: until then, and until a stop.
class Patience {
 public:
  Patience(std::chrono::milliseconds timeout, const std::stop_token& stop)
      : timeout_(timeout), end_(std::chrono::steady_clock::now() + timeout), stop_(stop) {}

  void check() const {
    throw_if_stopped(stop_);
    if (std::chrono::steady_clock::now() < end_) return;
    throw Error(Errc::io, "expected an answer within " + std::to_string(timeout_.count() / 1000) +
                              " s, found none");
  }

 private:
  std::chrono::milliseconds timeout_;
  std::chrono::steady_clock::time_point end_;
  const std::stop_token& stop_;
};

std::string read_answer(const FileDescriptor& from, const Patience& patience) {
  constexpr int tick = 50;  // milliseconds; a stop is noticed that soon
  MemorySink answer(largest_answer);
  std::array<std::byte, 4096> buffer{};
  for (;;) {
    patience.check();
    pollfd waiting{from.number(), POLLIN, 0};
    if (::poll(&waiting, 1, tick) <= 0) continue;
    const ssize_t count = ::read(from.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error::from_errno(errno, "its answer");
    if (count == 0) return answer.take();
    answer.write(Bytes(buffer).first(static_cast<std::size_t>(count)));
  }
}

Credentials parse_answer(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    std::string user = string_member(json, "Username");
    std::string secret = string_member(json, "Secret");
    if (user == "<token>") return {.identity_token = std::move(secret)};
    return {.user = std::move(user), .password = std::move(secret)};
  } catch (const Error&) {  // its message may hold a part of the secret
    throw Error(Errc::corrupt, "expected JSON with Username and Secret, found something else");
  }
}

// Who has said all may still run on.
int status_of(Child& child, const Patience& patience) {
  constexpr std::chrono::milliseconds tick{5};
  for (;;) {
    if (const auto status = child.poll()) return *status;
    patience.check();
    std::this_thread::sleep_for(tick);
  }
}

struct Ended {
  int status = 0;
  std::string answer;
};

/// What the program is to do, and how long it may take.
struct Task {
  std::string action;
  std::string input;
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
};

// What is written fits into a pipe that nobody reads yet, so this waits for nothing; and with our
// own end of it open no signal comes of a program that reads nothing.
void fill(const Pipe& pipe, const std::string& input) {
  ::fcntl(pipe.in.number(), F_SETFL, O_NONBLOCK);  // NOLINT(*-vararg)
  const ssize_t count = ::write(pipe.in.number(), input.data(), input.size());
  if (count != static_cast<ssize_t>(input.size())) {
    throw Error(Errc::io, "expected room for " + std::to_string(input.size()) +
                              " bytes in a pipe, found less");
  }
}

Ended run(const std::string& program, const Task& task, const std::stop_token& stop) {
  Pipe to = make_pipe();
  Pipe from = make_pipe();
  fill(to, task.input);
  to.in.close();
  Child child(program, task.action, to.out.number(), from.in.number());
  from.in.close();
  const Patience patience(task.timeout, stop);
  std::string answer = read_answer(from.out, patience);
  from.out.close();
  return {status_of(child, patience), std::move(answer)};
}

std::string program_of(const std::string& name) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  // It becomes part of a program's name, which must stay one that is looked for in PATH.
  if (name.empty() || name.find_first_not_of(allowed) != std::string::npos) {
    throw Error(
        Errc::invalid_argument,
        "expected a credential helper's name of letters, digits, '-', '_' and '.', found '" + name +
            "'");
  }
  return "docker-credential-" + name;
}

Error failed(const std::string& expected, const Ended& ended) {
  return {Errc::io, "expected " + expected + ", found exit status " + std::to_string(ended.status)};
}

}  // namespace

std::optional<Credentials> ask_credential_helper(const std::string& name, const std::string& server,
                                                 const std::stop_token& stop,
                                                 std::chrono::milliseconds timeout) {
  const std::string program = program_of(name);
  return within(program, [&]() -> std::optional<Credentials> {
    const Ended ended = run(program, {"get", server, timeout}, stop);
    if (ended.status == 0) return parse_answer(ended.answer);
    if (ended.answer.find(not_found) != std::string::npos) return std::nullopt;
    throw failed("credentials", ended);
  });
}

void store_with_credential_helper(const std::string& name, const std::string& server,
                                  const Credentials& credentials, const std::stop_token& stop) {
  const std::string program = program_of(name);
  const bool is_token = !credentials.identity_token.empty();
  Json input = Json::object();
  input.set("ServerURL", server);
  input.set("Username", is_token ? "<token>" : credentials.user);
  input.set("Secret", is_token ? credentials.identity_token : credentials.password);
  within(program, [&] {
    const Ended ended = run(program, {"store", input.dump()}, stop);
    if (ended.status != 0) throw failed("that it keeps the credentials", ended);
  });
}

void erase_with_credential_helper(const std::string& name, const std::string& server,
                                  const std::stop_token& stop) {
  const std::string program = program_of(name);
  within(program, [&] {
    const Ended ended = run(program, {"erase", server}, stop);
    if (ended.status != 0) throw failed("that it forgets the credentials", ended);
  });
}

}  // namespace ocimux
