#include "cli/interrupts.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>

namespace ocimux::cli {
namespace {

constexpr int interrupted = 130;

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    // What the parent ignores (nohup) stays ignored.
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    sigaddset(&signals, number);
  }
  return signals;
}

}  // namespace

Interrupts::Interrupts() {
  const sigset_t signals = watched_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signals_ = FileDescriptor(::signalfd(-1, &signals, SFD_CLOEXEC));
  end_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC));
  watcher_ = std::thread([this] { watch(); });
}

Interrupts::~Interrupts() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(end_.number(), &one, sizeof one));
  watcher_.join();
}

void Interrupts::watch() {
  for (;;) {
    std::array<pollfd, 2> events{pollfd{signals_.number(), POLLIN, 0},
                                 pollfd{end_.number(), POLLIN, 0}};
    if (::poll(events.data(), events.size(), -1) < 0) continue;
    if ((events[1].revents & POLLIN) != 0) return;
    signalfd_siginfo info{};
    if (::read(signals_.number(), &info, sizeof info) != sizeof info) continue;
    if (stop_.stop_requested()) ::_exit(interrupted);
    stop_.request_stop();
  }
}

}  // namespace ocimux::cli
