#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compose/instruction.hpp"
#include "compose/ports.hpp"
#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::refusal;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string refused(std::string_view instruction) {
  Json config = Json::parse(R"({"config":{"Env":["A=1"]}})");
  return refusal([&] {
    Instructions(config, "linux").apply(instruction);
    return 0;
  });
}

TEST(Instructions, RefuseWhatNeedsABuild) {
  for (const char* keyword : {"FROM", "RUN", "COPY", "ADD", "ARG"}) {
    EXPECT_THAT(
        refused(std::string(keyword) + " x"),
        AllOf(StartsWith("invalid_argument: expected a Dockerfile instruction that needs no "
                         "build, found '" +
                         std::string(keyword) + "'"),
              HasSubstr("[CMD, ENTRYPOINT, ")));
  }
}

TEST(Instructions, RefuseWhatIsNone) {
  for (const char* text : {"", " ", "CMDS x", "ENTRY POINT", "# USER x", "USER=x", "[\"x\"]"}) {
    EXPECT_THAT(refused(text), HasSubstr("expected a Dockerfile instruction that needs no build"))
        << text;
  }
}

TEST(Instructions, RefuseAKeywordWithNothingBehind) {
  for (const char* text :
       {"CMD", "ENTRYPOINT ", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL\t", "MAINTAINER", "ONBUILD",
        "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR \r\n"}) {
    EXPECT_THAT(refused(text),
                AllOf(StartsWith("invalid_argument: "), HasSubstr(": expected a value, found ''")))
        << text;
  }
}

TEST(Instructions, RefusePairsThatAreNone) {
  for (const char* text : {"ENV A", "LABEL a", "ENV =x", "ENV A=1 B", "ENV A=1 =2", "ENV \"\""}) {
    EXPECT_THAT(refused(text),
                AllOf(StartsWith("invalid_argument: "), HasSubstr("expected NAME=VALUE, found '")))
        << text;
  }
  EXPECT_EQ(refused("ENV A=1 B"), "invalid_argument: ENV: expected NAME=VALUE, found 'B'");
}

TEST(Instructions, RefuseQuotesThatAreNotClosed) {
  for (const char* text : {"ENV A='x", "LABEL a=\"x", "USER 'x", "WORKDIR ${x", "VOLUME \"/a",
                           "EXPOSE '80", "STOPSIGNAL \"9"}) {
    EXPECT_THAT(refused(text), HasSubstr(": expected the end of a ")) << text;
  }
}

TEST(Instructions, RefuseAShellThatIsNoArray) {
  for (const char* text : {"SHELL /bin/sh -c", "SHELL []", "SHELL [1]", "SHELL [\"a\"] b"}) {
    EXPECT_THAT(refused(text),
                StartsWith(R"(invalid_argument: SHELL: expected ["program", "argument", …])"))
        << text;
  }
}

TEST(Instructions, RefuseHealthchecksThatAreNone) {
  for (const char* text :
       {"HEALTHCHECK x", "HEALTHCHECK CMD", "HEALTHCHECK CMD []", "HEALTHCHECK --retries=3",
        "HEALTHCHECK NONE x", "HEALTHCHECK --interval=5s", "HEALTHCHECK CMDS x"}) {
    EXPECT_THAT(refused(text), StartsWith("invalid_argument: HEALTHCHECK: expected CMD and a "
                                          "command, or NONE, found '"))
        << text;
  }
}

TEST(Instructions, RefuseHealthcheckOptionsThatAreNone) {
  for (const char* option : {"--intervall=5s", "--retries", "--=1"}) {
    EXPECT_THAT(refused("HEALTHCHECK " + std::string(option) + " CMD x"),
                HasSubstr("expected --interval, --timeout, --start-period, --start-interval or "
                          "--retries, found '--"))
        << option;
  }
  for (const char* number : {"x", "-1", "99999999999", "1.5", "+-1"}) {
    EXPECT_THAT(refused("HEALTHCHECK --retries=" + std::string(number) + " CMD x"),
                HasSubstr("expected a number of retries, found '" + std::string(number)))
        << number;
  }
  EXPECT_THAT(refused("HEALTHCHECK --retries=1 --retries=2 CMD x"),
              HasSubstr("expected each flag once, found '--retries=2'"));
}

TEST(Instructions, RefuseDurationsThatAreNone) {
  for (const char* duration :
       {"5", "s", "5x", "-5s", "+-5s", "5s5", "5.5.5s", "1ns", "infs", "nans", "1e3s", "0x5s",
        "1e300h", "99999999999999999999h", "5 s", "1m-5s", "."}) {
    EXPECT_THAT(refused("HEALTHCHECK --interval=" + std::string(duration) + " CMD x"),
                StartsWith("invalid_argument: HEALTHCHECK: expected "))
        << duration;
  }
  EXPECT_THAT(refused("HEALTHCHECK --interval=-5s CMD x"),
              HasSubstr("expected a duration such as 30s or 1m30s, found '-5s'"));
}

TEST(Instructions, RefuseTriggersThatDockerRefuses) {
  for (const char* text : {"ONBUILD ONBUILD RUN x", "ONBUILD from x", "ONBUILD MAINTAINER x"}) {
    EXPECT_THAT(refused(text), StartsWith("invalid_argument: ONBUILD: expected ")) << text;
  }
}

TEST(Instructions, RefuseAConfigOfTheWrongKind) {
  Json config = Json::parse(R"({"config":{"Env":"A=1","Labels":[],"Volumes":[]}})");
  Instructions all(config, "linux");
  EXPECT_THAT(refusal([&] { return all.apply("ENV B=2"), 0; }),
              StartsWith("corrupt: ENV: Env: expected an array, found a string"));
  config = Json::parse(R"({"config":{"Labels":[]}})");
  EXPECT_THAT(refusal([&] { return all.apply("LABEL b=2"), 0; }),
              StartsWith("corrupt: LABEL: Labels: expected an object, found an array"));
  config = Json::parse(R"({"config":[]})");
  EXPECT_THAT(refusal([&] { return all.apply("USER x"), 0; }),
              HasSubstr("expected an object, found an array"));
}

TEST(ExposedPorts, NamePortsOneByOne) {
  EXPECT_THAT(exposed_ports({}), ElementsAre());
  EXPECT_THAT(exposed_ports({"80", "81-82/udp"}), ElementsAre("80/tcp", "81/udp", "82/udp"));
  EXPECT_THAT(exposed_ports({"0", "80/", "9/SCTP"}), ElementsAre("0/tcp", "80/tcp", "9/sctp"));
}

TEST(ExposedPorts, TakeThePortOfTheContainer) {
  EXPECT_THAT(exposed_ports({"80:81", "127.0.0.1:82:83/udp", "[::1]:84-85:86", ":87"}),
              ElementsAre("81/tcp", "83/udp", "86/tcp", "87/tcp"));
  EXPECT_THAT(refusal([] { return exposed_ports({"localhost:80:81"}); }),
              HasSubstr("expected an IP address in front of the ports, found 'localhost:80:81'"));
}

TEST(ExposedPorts, RefuseWhatIsNoPort) {
  for (const char* word : {"", "65536", "-1", "80-", "-80", "80-x", "http", "80x", "8 0", "+80",
                           "80-70", "1-65536", "80:", "x:80", "99999999999", "/tcp"}) {
    EXPECT_THAT(refusal([&] { return exposed_ports({word}); }),
                StartsWith("invalid_argument: expected a port (0 to 65535, or FIRST-LAST, with "
                           "/tcp, /udp or /sctp), found '"))
        << word;
  }
}

TEST(ExposedPorts, RefuseProtocolsThatAreNone) {
  for (const char* word : {"80/icmp", "80/tcp/udp", "80/ tcp"}) {
    EXPECT_THAT(refusal([&] { return exposed_ports({word}); }),
                StartsWith("invalid_argument: expected the protocol tcp, udp or sctp, found '"))
        << word;
  }
}

}  // namespace
}  // namespace ocimux
