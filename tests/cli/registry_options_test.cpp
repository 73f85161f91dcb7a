#include "cli/registry_options.hpp"

#include "cli/secret.hpp"
#include "support/refusal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace ocimux::test {
namespace {

using cli::parse_rate;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(RateValue, TakesWhatCurlTakes) {
  EXPECT_EQ(parse_rate("1"), 1);
  EXPECT_EQ(parse_rate("500k"), 500 * 1024);
  EXPECT_EQ(parse_rate("500K"), 500 * 1024);
  EXPECT_EQ(parse_rate("2M"), 2 << 20);
  EXPECT_EQ(parse_rate("1.5M"), 1536 * 1024);
  EXPECT_EQ(parse_rate("1G"), 1 << 30);
  EXPECT_EQ(parse_rate("3KiB"), 3 * 1024);
  EXPECT_EQ(parse_rate("3MiB/s"), 3 << 20);
  EXPECT_EQ(parse_rate("100B"), 100);
}

TEST(RateValue, RefusesOthers) {
  for (const char* text : {"", "0", "-1", "fast", "k", "1x", "1kk", "1 k", "0.5", "1e400", "inf",
                           "nan", "1i", "9999999999G", "0x10"}) {
    EXPECT_THAT(refusal([&] { return parse_rate(text); }),
                StartsWith("invalid_argument: --limit-rate: expected bytes a second"))
        << text;
  }
}

std::string read_from_pipe(const std::string& text) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  const std::string found = refusal([&] {
    EXPECT_EQ(cli::read_password(ends[0]), text.substr(0, text.find_last_not_of("\r\n") + 1));
    return 0;
  });
  ::close(ends[0]);
  return found;
}

TEST(PasswordFromStandardInput, IsOneLine) {
  for (const char* text : {"sesame", "sesame\n", "sesame\r\n", " spaces \n", "p\xc3\xa4ss"}) {
    EXPECT_EQ(read_from_pipe(text), "") << text;
  }
  for (const char* text : {"", "\n", "sesame\nmore\n", "sesame\n\n"}) {
    EXPECT_THAT(read_from_pipe(text),
                AllOf(StartsWith("invalid_argument: --password-stdin: "), Not(HasSubstr("sesame"))))
        << text;
  }
}

TEST(PasswordFromStandardInput, WaitsOnlyUntilItIsStopped) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(refusal([&] { return cli::read_password(ends[0], stop.get_token()); }),
              StartsWith("cancelled: "));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(RegistryOptions, AUserGoesWithAPasswordFromStandardInput) {
  cli::TypedRegistryOptions typed;
  typed.password_stdin = true;
  for (const char* text : {"", "me:sesame"}) {
    typed.credentials = text;
    EXPECT_THAT(refusal([&] { return parse_registry_options(typed, {}).retries; }),
                AllOf(StartsWith("invalid_argument: --creds: expected USER alone"),
                      Not(HasSubstr("sesame"))));
  }
}

TEST(RegistryOptions, WaitsForAPasswordOnlyUntilItIsStopped) {
  cli::TypedRegistryOptions typed;
  typed.password_stdin = true;
  typed.credentials = "me";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(refusal([&] { return parse_registry_options(typed, stop.get_token()).retries; }),
              StartsWith("cancelled: "));
}

}  // namespace
}  // namespace ocimux::test
