#include "compose/instruction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace ocimux {
namespace {

// The member `config` of @p config after @p instructions.
std::string applied(std::initializer_list<const char*> instructions, std::string_view os = "linux",
                    std::string_view config = R"({"config":{}})") {
  Json json = Json::parse(config);
  Instructions all(json, os);
  for (const char* instruction : instructions) all.apply(instruction);
  const Json* settings = json.find("config");
  return settings == nullptr ? "none" : settings->dump();
}

TEST(Instructions, CmdInItsTwoForms) {
  EXPECT_EQ(applied({R"(CMD ["/velero", "server", "$HOME"])"}),
            R"({"Cmd":["/velero","server","$HOME"]})");
  EXPECT_EQ(applied({"CMD echo \"$HOME\"  x"}), R"({"Cmd":["/bin/sh","-c","echo \"$HOME\"  x"]})");
  EXPECT_EQ(applied({"CMD []"}), R"({"Cmd":[]})");
}

TEST(Instructions, ShellFormOfWindows) {
  EXPECT_EQ(applied({"CMD dir C:\\"}, "windows"), R"({"Cmd":["cmd","/S","/C","dir C:\\"]})");
  EXPECT_EQ(applied({"ENTRYPOINT velero.exe"}, "windows"),
            R"({"Entrypoint":["cmd","/S","/C","velero.exe"]})");
}

TEST(Instructions, ShellFormTakesTheShellThatWasSaid) {
  EXPECT_EQ(applied({R"(SHELL ["pwsh", "-c"])", "CMD ls"}, "windows"),
            R"({"Shell":["pwsh","-c"],"Cmd":["pwsh","-c","ls"]})");
  EXPECT_EQ(applied({"CMD ls"}, "linux", R"({"config":{"Shell":["/bin/ash","-c"]}})"),
            R"({"Shell":["/bin/ash","-c"],"Cmd":["/bin/ash","-c","ls"]})");
}

// As Docker does: text like an array that is none goes to the shell.
TEST(Instructions, WhatIsNoArrayIsAShellsCommand) {
  EXPECT_EQ(applied({"CMD ['/velero']"}), R"({"Cmd":["/bin/sh","-c","['/velero']"]})");
  EXPECT_EQ(applied({R"(CMD ["a"] && b)"}), R"({"Cmd":["/bin/sh","-c","[\"a\"] && b"]})");
}

TEST(Instructions, EntrypointClearsACmdFromBefore) {
  EXPECT_EQ(applied({R"(ENTRYPOINT ["/velero"])"}, "linux", R"({"config":{"Cmd":["old"]}})"),
            R"({"Entrypoint":["/velero"]})");
}

TEST(Instructions, EntrypointKeepsACmdSaidHere) {
  EXPECT_EQ(applied({R"(CMD ["server"])", R"(ENTRYPOINT ["/velero"])"}, "linux",
                    R"({"config":{"Cmd":["old"]}})"),
            R"({"Cmd":["server"],"Entrypoint":["/velero"]})");
}

TEST(Instructions, EnvSetsAndReplaces) {
  EXPECT_EQ(applied({"ENV A=1", "ENV B=2 A=3", "ENV AB=4"}), R"({"Env":["A=3","B=2","AB=4"]})");
  EXPECT_EQ(applied({R"(ENV A="x y" B='p q' C=r\ s D= E="a=b")"}),
            R"({"Env":["A=x y","B=p q","C=r s","D=","E=a=b"]})");
}

TEST(Instructions, EnvInItsOldForm) {
  EXPECT_EQ(applied({"ENV NAME all the  rest"}), R"({"Env":["NAME=all the  rest"]})");
  EXPECT_EQ(applied({"ENV NAME\tx=y"}), R"({"Env":["NAME=x=y"]})");
  EXPECT_EQ(applied({"ENV A 1", "ENV B \"$A $A\""}), R"({"Env":["A=1","B=1 1"]})");
}

TEST(Instructions, EnvTakesVariablesFromBeforeTheInstruction) {
  EXPECT_EQ(applied({"ENV A=1", "ENV A=2 B=$A", "ENV C=${A}${D:-x}"}),
            R"({"Env":["A=2","B=1","C=2x"]})");
  EXPECT_EQ(applied({"ENV PATH=/app:$PATH"}, "linux", R"({"config":{"Env":["PATH=/bin"]}})"),
            R"({"Env":["PATH=/app:/bin"]})");
}

TEST(Instructions, LabelSetsReplacesAndSorts) {
  EXPECT_EQ(applied({"LABEL b=2 a=\"x y\"", "LABEL b=3", "LABEL org.example.key=$V"}, "linux",
                    R"({"config":{"Env":["V=7"],"Labels":{"z":"0"}}})"),
            R"({"Env":["V=7"],"Labels":{"a":"x y","b":"3","org.example.key":"7","z":"0"}})");
  EXPECT_EQ(applied({"LABEL maintainer the team"}), R"({"Labels":{"maintainer":"the team"}})");
}

TEST(Instructions, ExposeNamesPortsAsTheConfigDoes) {
  EXPECT_EQ(applied({"EXPOSE 8080 53/udp 9/sctp", "EXPOSE 443/TCP"}),
            R"({"ExposedPorts":{"443/tcp":{},"53/udp":{},"8080/tcp":{},"9/sctp":{}}})");
  EXPECT_EQ(applied({"EXPOSE 7000-7002/udp 1-1 65535"}),
            R"({"ExposedPorts":{"1/tcp":{},"65535/tcp":{},"7000/udp":{},"7001/udp":{},)"
            R"("7002/udp":{}}})");
  EXPECT_EQ(applied({"EXPOSE $PORT"}, "linux", R"({"config":{"Env":["PORT=80"]}})"),
            R"({"Env":["PORT=80"],"ExposedPorts":{"80/tcp":{}}})");
}

TEST(Instructions, ExposeKeepsThePortsThatWereThere) {
  EXPECT_EQ(applied({"EXPOSE 80"}, "linux", R"({"config":{"ExposedPorts":{"90/tcp":{}}}})"),
            R"({"ExposedPorts":{"80/tcp":{},"90/tcp":{}}})");
}

TEST(Instructions, HealthcheckInItsTwoForms) {
  EXPECT_EQ(applied({"HEALTHCHECK CMD curl -f http://localhost || exit 1"}),
            R"({"Healthcheck":{"Test":["CMD-SHELL","curl -f http://localhost || exit 1"]}})");
  EXPECT_EQ(applied({R"(healthcheck cmd ["/probe", "-q"])"}),
            R"({"Healthcheck":{"Test":["CMD","/probe","-q"]}})");
}

TEST(Instructions, HealthcheckNoneForgetsWhatWasThere) {
  EXPECT_EQ(applied({"HEALTHCHECK --retries=3 CMD x", "HEALTHCHECK NONE"}),
            R"({"Healthcheck":{"Test":["NONE"]}})");
}

TEST(Instructions, HealthcheckOptionsAreInNanoseconds) {
  EXPECT_EQ(applied({"HEALTHCHECK --interval=1m30s --timeout=1.5s  --start-period=2h "
                     "--start-interval=250ms --retries=5 CMD x"}),
            R"({"Healthcheck":{"Interval":90000000000,"Timeout":1500000000,)"
            R"("StartPeriod":7200000000000,"StartInterval":250000000,"Retries":5,)"
            R"("Test":["CMD-SHELL","x"]}})");
  EXPECT_EQ(applied({"HEALTHCHECK --interval=0s --timeout=1.001s CMD x"}),
            R"({"Healthcheck":{"Timeout":1001000000,"Test":["CMD-SHELL","x"]}})");
}

TEST(Instructions, UserStopsignalAndShell) {
  EXPECT_EQ(applied({"USER cnb:$GROUP", "STOPSIGNAL SIG$X"}, "linux",
                    R"({"config":{"Env":["GROUP=1000","X=TERM"]}})"),
            R"({"Env":["GROUP=1000","X=TERM"],"User":"cnb:1000","StopSignal":"SIGTERM"})");
  EXPECT_EQ(applied({"USER ContainerUser"}, "windows"), R"({"User":"ContainerUser"})");
}

TEST(Instructions, VolumeInItsTwoForms) {
  EXPECT_EQ(applied({R"(VOLUME ["/b c", "/a"])"}), R"({"Volumes":{"/a":{},"/b c":{}}})");
  EXPECT_EQ(applied({"VOLUME /b /a", "VOLUME /c"}), R"({"Volumes":{"/a":{},"/b":{},"/c":{}}})");
  const char* config = R"({"config":{"Env":["D=/data"]}})";
  EXPECT_EQ(applied({"VOLUME $D/x"}, "linux", config),
            R"({"Env":["D=/data"],"Volumes":{"/data/x":{}}})");
  EXPECT_EQ(applied({R"(VOLUME ["$D/x"])"}, "linux", config),
            R"({"Env":["D=/data"],"Volumes":{"/data/x":{}}})");
}

TEST(Instructions, WorkdirIsRelativeToTheOneBefore) {
  EXPECT_EQ(applied({"WORKDIR /app"}), R"({"WorkingDir":"/app"})");
  EXPECT_EQ(applied({"WORKDIR /app", "WORKDIR lib", "WORKDIR x/y"}),
            R"({"WorkingDir":"/app/lib/x/y"})");
  EXPECT_EQ(applied({"WORKDIR app"}), R"({"WorkingDir":"/app"})");
  EXPECT_EQ(applied({"WORKDIR app"}, "linux", R"({"config":{"WorkingDir":"/"}})"),
            R"({"WorkingDir":"/app"})");
}

TEST(Instructions, WorkdirIsInItsShortestForm) {
  EXPECT_EQ(applied({"WORKDIR /usr/bin/", "WORKDIR ../lib/./x/"}),
            R"({"WorkingDir":"/usr/lib/x"})");
  EXPECT_EQ(applied({"WORKDIR /a", "WORKDIR ../../.."}), R"({"WorkingDir":"/"})");
  EXPECT_EQ(applied({"WORKDIR /a//b"}), R"({"WorkingDir":"/a/b"})");
}

TEST(Instructions, WorkdirOfWindows) {
  EXPECT_EQ(applied({R"(WORKDIR C:\\app)"}, "windows"), R"({"WorkingDir":"C:\\app"})");
  EXPECT_EQ(applied({"WORKDIR c:/app", "WORKDIR lib"}, "windows"),
            R"({"WorkingDir":"c:/app\\lib"})");
  EXPECT_EQ(applied({R"(WORKDIR C:\\app)", R"(WORKDIR \\other)"}, "windows"),
            R"({"WorkingDir":"\\other"})");
}

TEST(Instructions, OnbuildIsKeptAsItStands) {
  EXPECT_EQ(applied({"ONBUILD COPY . /src", "ONBUILD RUN make $X"}),
            R"({"OnBuild":["COPY . /src","RUN make $X"]})");
}

TEST(Instructions, MaintainerIsTheAuthorAsItStands) {
  Json config = Json::parse(R"({"config":{"Env":["X=1"]}})");
  Instructions(config, "linux").apply("MAINTAINER Miles O'Brien <$X@example.org>");
  EXPECT_EQ(config.find("author")->as_string(), "Miles O'Brien <$X@example.org>");
}

TEST(Instructions, KeywordsAreReadInAnyCaseWithBlanksAround) {
  EXPECT_EQ(applied({"  eNv\t A=1 \r\n"}), R"({"Env":["A=1"]})");
}

TEST(Instructions, MakeTheSettingsWhereThereAreNone) {
  EXPECT_EQ(applied({"USER x"}, "linux", "{}"), R"({"User":"x"})");
  EXPECT_EQ(applied({"USER x"}, "linux", R"({"config":null})"), R"({"User":"x"})");
}

TEST(Instructions, LeaveTheRestOfTheConfigAlone) {
  EXPECT_EQ(applied({"USER b"}, "linux", R"({"config":{"X":1,"User":"a","Y":[]}})"),
            R"({"X":1,"User":"b","Y":[]})");
}

}  // namespace
}  // namespace ocimux
