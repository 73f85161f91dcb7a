#include "jobs/platform_truth.hpp"

#include "io/memory.hpp"
#include "support/executables.hpp"
#include "support/files.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

// What the binaries of an image say of its platform, and which of them count.

namespace ocimux::test {
namespace {

class Tree {
 public:
  Tree& file(const std::string& path, const std::string& content) {
    TarMember member;
    member.path = path;
    member.size = static_cast<std::int64_t>(content.size());
    programs.add(member, path, [&](std::span<std::byte> into, std::int64_t offset) {
      const Bytes all = as_bytes(content);
      const auto begin = std::min(static_cast<std::size_t>(offset), all.size());
      const std::size_t count = std::min(into.size(), all.size() - begin);
      std::copy_n(all.begin() + offset, count, into.begin());
      return count;
    });
    return *this;
  }

  Tree& link(const std::string& path, const std::string& target) {
    TarMember member;
    member.kind = TarMember::Kind::symlink;
    member.path = path;
    member.link_target = target;
    programs.add(member, path, {});
    return *this;
  }

  Tree& removed(const std::string& directory, const std::string& name) {
    return file(directory + "/.wh." + name, "");
  }

  /// The path that speaks against @p platform; empty for none.
  [[nodiscard]] std::string against(const std::string& platform,
                                    const std::string& settings = "{}") const {
    PlatformTruth truth(programs);
    truth.set_config(Json::parse(R"({"config":)" + settings + "}"));
    const auto program = truth.against(Platform::parse(platform));
    return program ? program->path : "";
  }

  [[nodiscard]] std::string platform() const {
    const auto found = PlatformTruth(programs).platform();
    return found ? found->string() : "";
  }

  Programs programs;
};

Tree debian(const std::string& architecture, const std::string& triple) {
  Tree tree;
  tree.link("bin", "usr/bin").link("lib", "usr/lib").link("usr/bin/sh", "dash");
  tree.file("usr/bin/dash", elf_program(architecture));
  tree.file("usr/bin/ls", elf_program(architecture));
  tree.file("usr/lib/" + triple + "/libc.so.6", elf_library(architecture));
  return tree;
}

TEST(PlatformTruth, SystemOfAnotherArchitectureIsALie) {
  const Tree tree = debian("amd64", "x86_64-linux-gnu");
  EXPECT_EQ(tree.against("linux/amd64"), "");
  EXPECT_EQ(tree.against("linux/arm64"), "usr/bin/dash");
  EXPECT_EQ(tree.against("windows/amd64"), "usr/bin/dash");
  EXPECT_EQ(tree.platform(), "linux/amd64");
}

TEST(PlatformTruth, WhatIsStartedCountsFirst) {
  Tree tree = debian("arm64", "aarch64-linux-gnu");
  tree.file("opt/app", elf_program("amd64"));
  EXPECT_EQ(tree.against("linux/arm64"), "");
  EXPECT_EQ(tree.against("linux/arm64", R"({"Entrypoint":["/opt/app"]})"), "opt/app");
  EXPECT_EQ(tree.against("linux/arm64", R"({"Cmd":["/opt/app","-v"]})"), "opt/app");
  EXPECT_EQ(tree.against("linux/arm64", R"({"WorkingDir":"/opt","Entrypoint":["./app"]})"),
            "opt/./app");
  EXPECT_EQ(tree.against("linux/arm64", R"({"Env":["PATH=/bin:/opt"],"Cmd":["app"]})"), "opt/app");
  EXPECT_EQ(tree.against("linux/arm64", R"({"Entrypoint":["ls"]})"), "");
}

TEST(PlatformTruth, LinksLeadToWhatIsStarted) {
  Tree tree = debian("arm64", "aarch64-linux-gnu");
  tree.file("usr/lib/app/app", elf_program("amd64")).link("usr/bin/app", "../lib/app/app");
  EXPECT_EQ(tree.against("linux/arm64", R"({"Cmd":["/bin/app"]})"), "bin/app");
  tree.link("usr/bin/circle", "circle");
  EXPECT_EQ(tree.against("linux/arm64", R"({"Cmd":["circle"]})"), "");
}

TEST(PlatformTruth, CrossToolChainsAndEmulatorsAreNoLie) {
  Tree tree = debian("amd64", "x86_64-linux-gnu");
  for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
    tree.file(std::string("usr/aarch64-linux-gnu/bin/") + name, elf_program("arm64"));
    tree.file(std::string("srv/testdata/") + name + ".exe", pe_program("amd64"));
  }
  tree.file("usr/aarch64-linux-gnu/lib/libc.so.6", elf_library("arm64"));
  tree.file("usr/lib/aarch64-linux-gnu/libc.so.6", elf_library("arm64"));  // dpkg's multi-arch
  EXPECT_EQ(tree.against("linux/amd64"), "");
  EXPECT_EQ(tree.platform(), "linux/amd64");
}

TEST(PlatformTruth, WithoutASystemTheMajorityOfProgramsCounts) {
  Tree tree;
  tree.file("usr/bin/velero", elf_program("arm64")).file("helper", elf_program("arm64"));
  tree.file("usr/bin/qemu", elf_program("amd64"));
  EXPECT_EQ(tree.against("linux/arm64"), "");
  EXPECT_EQ(tree.against("linux/amd64"), "helper");
  EXPECT_EQ(tree.platform(), "linux/arm64");
  tree.file("usr/bin/other", elf_program("amd64"));
  EXPECT_EQ(tree.against("linux/amd64"), "");
  EXPECT_EQ(tree.platform(), "");  // as many of one as of the other
}

TEST(PlatformTruth, NarrowProgramsAreAtHomeInWideImages) {
  Tree tree = debian("amd64", "x86_64-linux-gnu");
  tree.file("opt/game", elf_program("386"));
  EXPECT_EQ(tree.against("linux/amd64", R"({"Cmd":["/opt/game"]})"), "");
  const Tree narrow = debian("386", "i386-linux-gnu");
  EXPECT_EQ(narrow.against("linux/amd64"), "usr/bin/dash");
  EXPECT_EQ(narrow.against("linux/amd64", R"({"Cmd":["ls"]})"), "usr/bin/ls");
  EXPECT_EQ(narrow.against("linux/386"), "");
}

std::string true_program(const std::string& name) {
  return read_file(std::filesystem::path(OCIMUX_TESTDATA) / "binaries" / name);
}

// A program may hold instructions of later versions that it uses only where they are.
TEST(PlatformTruth, OneFittingPartOfAnArmSystemIsEnough) {
  Tree tree;
  tree.file("lib/ld-musl-armhf.so.1", true_program("linux-arm-v6"));
  tree.file("bin/app", true_program("linux-arm-v7"));
  EXPECT_EQ(tree.against("linux/arm/v6", R"({"Cmd":["/bin/app"]})"), "");
  PlatformTruth truth(tree.programs);
  truth.set_config(Json::parse(R"({"config":{"Cmd":["/bin/app"]}})"));
  EXPECT_TRUE(truth.needing_more(Platform::parse("linux/arm/v6")));
  EXPECT_FALSE(truth.needing_more(Platform::parse("linux/arm/v7")));
  EXPECT_EQ(tree.against("linux/arm/v5"), "lib/ld-musl-armhf.so.1");
  EXPECT_EQ(tree.platform(), "linux/arm/v6");
}

TEST(PlatformTruth, ScriptsAndDotNetSayNothing) {
  Tree tree;
  tree.file("app.sh", "#!/bin/sh\n" + std::string(100, 'x'))
      .file("app.dll", pe_program("386", true));
  for (const char* platform : {"linux/amd64", "linux/s390x", "windows/arm64"}) {
    EXPECT_EQ(tree.against(platform, R"({"Cmd":["/app.sh"]})"), "");
    EXPECT_EQ(tree.against(platform, R"({"Cmd":["/app.dll"]})"), "");
  }
  EXPECT_EQ(tree.platform(), "");
}

TEST(PlatformTruth, WindowsNamesAreFoundAsWindowsFindsThem) {
  Tree tree;
  tree.file("velero.exe", pe_program("amd64")).file("tools/x.exe", pe_program("arm64"));
  EXPECT_EQ(tree.against("windows/arm64", R"({"Entrypoint":["C:\\Velero"]})"), "C:\\Velero");
  EXPECT_EQ(tree.against("windows/amd64", R"({"Entrypoint":["velero"],"WorkingDir":"C:\\"})"), "");
  EXPECT_EQ(tree.against("windows/amd64", R"({"Entrypoint":["c:\\TOOLS\\x.EXE"]})"),
            "c:\\TOOLS\\x.EXE");
  EXPECT_EQ(tree.against("linux/amd64", R"({"Entrypoint":["/velero.exe"]})"), "velero.exe");
}

// What runs foreign programs is honest about itself; its arguments are its own affair.
TEST(PlatformTruth, WineAndEmulatorsRunForeignPrograms) {
  Tree tree = debian("amd64", "x86_64-linux-gnu");
  tree.file("usr/bin/wine", elf_program("amd64")).file("app/game.exe", pe_program("amd64"));
  tree.file("usr/bin/qemu-aarch64", elf_program("amd64")).file("app/guest", elf_program("arm64"));
  EXPECT_EQ(tree.against("linux/amd64", R"({"Entrypoint":["wine"],"Cmd":["/app/game.exe"]})"), "");
  EXPECT_EQ(tree.against("linux/amd64", R"({"Entrypoint":["qemu-aarch64"],"Cmd":["/app/guest"]})"),
            "");
  Tree foreign = debian("arm64", "aarch64-linux-gnu");
  foreign.file("usr/bin/qemu-aarch64-static", elf_program("amd64"));
  EXPECT_EQ(foreign.against("linux/arm64",
                            R"({"Entrypoint":["/usr/bin/qemu-aarch64-static","/bin/sh"]})"),
            "");
}

TEST(PlatformTruth, WhatOnlyStartsAnotherIsSeenThrough) {
  Tree tree = debian("arm64", "aarch64-linux-gnu");
  tree.file("bin2/tini", elf_program("arm64")).file("opt/server", elf_program("amd64"));
  tree.file("opt/run.sh", "#!/bin/sh\n" + std::string(100, 'x'));
  for (const char* settings :
       {R"({"Entrypoint":["/bin2/tini","--","/opt/server"]})",
        R"({"Entrypoint":["/bin2/tini","-g","--"],"Cmd":["/opt/server","-v"]})",
        R"({"Entrypoint":["/bin/sh","-c","exec /opt/server --foo"]})",
        R"({"Cmd":["/bin/sh","-c","/opt/server --foo"]})",
        R"({"Entrypoint":["/usr/bin/env","A=b","/opt/server"]})",
        R"({"Entrypoint":["/opt/run.sh"],"Cmd":["/opt/server"]})"}) {
    EXPECT_EQ(tree.against("linux/arm64", settings), "opt/server") << settings;
  }
}

// The usual slip of a cross build: a base of the right architecture, and programs of another.
TEST(PlatformTruth, ASystemWithNothingButForeignProgramsIsALie) {
  Tree tree;
  tree.file("lib/aarch64-linux-gnu/libc.so.6", elf_library("arm64"));
  tree.file("velero", elf_program("amd64")).file("usr/bin/restic", elf_program("amd64"));
  EXPECT_EQ(tree.against("linux/arm64"), "usr/bin/restic");
  tree.file("usr/bin/openssl", elf_program("arm64"));
  EXPECT_EQ(tree.against("linux/arm64"), "");
}

// The program that fits may be where nobody looked.
TEST(PlatformTruth, WhatWasNotSeenIsNotMissed) {
  Tree tree;
  tree.file("lib/ld-musl-x86_64.so.1", elf_library("amd64"));
  tree.file("usr/local/bin/agent-arm64", elf_program("arm64"));
  EXPECT_NE(tree.against("linux/amd64"), "");
  tree.programs.mark_incomplete();
  EXPECT_EQ(tree.against("linux/amd64"), "");
}

TEST(PlatformTruth, DownloadsForOtherSystemsAreNoLie) {
  Tree tree;
  tree.file("bin/cli", elf_program("amd64")).file("cli.exe", pe_program("amd64"));
  tree.file("cli2.exe", pe_program("amd64"));
  EXPECT_EQ(tree.against("linux/amd64"), "");
  EXPECT_NE(tree.against("linux/arm64"), "");
}

TEST(PlatformTruth, WhatComesLaterHidesWhatWasThere) {
  const std::string script = "#!/bin/sh\n" + std::string(100, 'x');
  Tree one = debian("arm64", "aarch64-linux-gnu");
  one.file("app/run", elf_program("amd64")).file("app/run", script);
  EXPECT_EQ(one.against("linux/arm64", R"({"Cmd":["/app/run"]})"), "");
  Tree below = debian("arm64", "aarch64-linux-gnu");
  below.file("app/run", elf_program("amd64")).link("app/link", "run");
  Tree upper;
  upper.file("app/run", script).file("app/link", script);
  below.programs.put(upper.programs);
  EXPECT_EQ(below.against("linux/arm64", R"({"Cmd":["/app/run"]})"), "");
  EXPECT_EQ(below.programs.find("/app/link"), nullptr);
}

TEST(PlatformTruth, UpperLayersHideAndRemoveWhatIsBelow) {
  Tree all = debian("amd64", "x86_64-linux-gnu");
  Tree upper;
  upper.removed("usr", "bin").file("usr/bin/dash", elf_program("arm64"));
  upper.removed("usr/lib", "x86_64-linux-gnu");
  all.programs.put(upper.programs);
  EXPECT_EQ(all.programs.size(), 1U);
  EXPECT_EQ(all.platform(), "linux/arm64");
  Tree opaque;
  opaque.file("usr/bin/.wh..wh..opq", "");
  all.programs.put(opaque.programs);
  EXPECT_EQ(all.programs.size(), 0U);
}

}  // namespace
}  // namespace ocimux::test
