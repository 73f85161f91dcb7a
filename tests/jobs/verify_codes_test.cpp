#include "jobs/verify_contents.hpp"
#include "support/executables.hpp"
#include "support/merging.hpp"
#include "support/tar_members.hpp"

#include <ocimux/jobs/verify.hpp>

#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <regex>
#include <set>

// Every code there is, by something that is wrong in that way; and docs/verify.md lists them all.

namespace ocimux::test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using Platform = LayoutBuilder::Platform;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// Something to verify, and how.
class Broken {
 public:
  Workspace work;
  LayoutBuilder builder;
  VerifyOptions options;

  /// An image for linux/amd64, or what @p with says, under the tag `main`.
  std::string image(LayoutBuilder::ImageOptions with) {
    std::string manifest = builder.image(with);
    builder.top(manifest, oci_manifest_type, "main");
    return manifest;
  }
  std::string image() { return image({.layers = {sound_layer()}}); }
  void layer(const std::string& bytes) { image({.layers = {bytes}}); }
  void windows_layer(const std::string& bytes, const std::string& version = "10.0.20348.1") {
    image({.platform = {"windows", "amd64", "", version}, .layers = {bytes}});
  }
  /// The image, with its manifest changed.
  void edited(const std::string& from, const std::string& to) {
    const std::string manifest = replaced(builder.image({.layers = {sound_layer()}}), from, to);
    builder.blob(manifest);
    builder.top(manifest, oci_manifest_type, "main");
  }
  fs::path write() {
    const std::string path = work.layout("lay", builder);
    options.inputs = {{path}};
    return path;
  }
  void tar(const std::string& name, const std::string& bytes) {
    options.inputs = {{work.file(name, bytes)}};
  }

  static std::string sound_layer() {
    return TarBuilder().file("bin/app", elf_program("amd64")).bytes();
  }
};

std::string layer_digest(const LayoutBuilder& builder) {
  for (const auto& [digest, bytes] : builder.blobs) {
    if (bytes.starts_with("\x1f\x8b")) return digest;
  }
  return {};
}

fs::path layer_path(const fs::path& layout, const LayoutBuilder& builder) {
  return layout / "blobs" / "sha256" / layer_digest(builder).substr(7);
}

using Make = std::function<void(Broken&)>;

std::vector<std::pair<std::string, Make>> documents() {
  return {
      {"unreadable", [](Broken& it) { it.tar("x.tar", "no tar"); }},
      {"layout-file",
       [](Broken& it) {
         it.image();
         it.builder.layout_file = R"({"imageLayoutVersion":"2"})";
         it.write();
       }},
      {"document-json",
       [](Broken& it) {
         it.builder.index_json = "{";
         it.write();
       }},
      {"document-shape",
       [](Broken& it) {
         it.image({.layers = {Broken::sound_layer()}, .manifest_members = R"(,"manifests":[])"});
         it.write();
       }},
      {"descriptor-invalid",
       [](Broken& it) {
         it.builder.top_descriptor(R"({"mediaType":"x","digest":"sha256:../../x","size":1})");
         it.write();
       }},
      {"descriptor-data",
       [](Broken& it) {
         const std::string artifact =
             R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
             R"("config":)" +
             descriptor("application/x", "xyz", R"(,"data":"AAAA")") + R"(,"layers":[]})";
         it.builder.blob(artifact);
         it.builder.top(artifact, oci_manifest_type);
         it.write();
       }},
      {"media-type-mismatch",
       [](Broken& it) {
         const std::string manifest = it.builder.image({.layers = {Broken::sound_layer()}});
         it.builder.top(manifest, "application/vnd.docker.distribution.manifest.v2+json", "main");
         it.write();
       }},
      {"media-type-mixed",
       [](Broken& it) {
         it.edited("application/vnd.oci.image.layer.v1.tar+gzip",
                   "application/vnd.docker.image.rootfs.diff.tar.gzip");
         it.write();
       }},
      {"media-type-unknown",
       [](Broken& it) {
         it.edited("application/vnd.oci.image.layer.v1.tar+gzip", "application/x-layer");
         it.write();
       }},
      {"diff-id-count",
       [](Broken& it) {
         const std::string manifest = it.builder.image({.layers = {Broken::sound_layer()}});
         const std::string without =
             std::regex_replace(manifest, std::regex(R"("layers":\[.*\])"), R"("layers":[])");
         it.builder.blob(without);
         it.builder.top(without, oci_manifest_type, "main");
         it.write();
       }},
      {"history-count",
       [](Broken& it) {
         it.image({.layers = {Broken::sound_layer()},
                   .config_members = R"(,"history":[{},{"empty_layer":true},{}])"});
         it.write();
       }},
      {"attestation-orphan",
       [](Broken& it) {
         const std::string image = it.builder.image({.layers = {Broken::sound_layer()}});
         const std::string attestation = it.builder.attestation(image);
         const std::string index = it.builder.index(
             {LayoutBuilder::image_descriptor(image, {}),
              LayoutBuilder::image_descriptor(
                  attestation, {"unknown", "unknown"},
                  R"(,"annotations":{"vnd.docker.reference.digest":")" + sha256("x") + R"("})")});
         it.builder.top(index, oci_index_type, "main");
         it.write();
       }},
      {"subject-missing",
       [](Broken& it) {
         it.image({.layers = {Broken::sound_layer()},
                   .manifest_members = R"(,"subject":)" + descriptor(oci_manifest_type, "x")});
         it.write();
       }},
      {"limit-exceeded",
       [](Broken& it) {
         std::string inner = it.builder.index({});
         for (int i = 0; i < 12; ++i) {
           inner = it.builder.index({descriptor(oci_index_type, inner)});
         }
         it.builder.top(inner, oci_index_type, "main");
         it.write();
       }},
  };
}

std::vector<std::pair<std::string, Make>> blobs() {
  return {
      {"blob-missing",
       [](Broken& it) {
         it.image();
         it.builder.blobs.erase(layer_digest(it.builder));
         it.write();
       }},
      {"blob-size",
       [](Broken& it) {
         it.image();
         it.builder.index_entries.front() = std::regex_replace(
             it.builder.index_entries.front(), std::regex(R"("size":)"), R"("size":9)");
         it.write();
       }},
      {"blob-digest",
       [](Broken& it) {
         it.image();
         it.builder.blobs.at(layer_digest(it.builder)).back() ^= 1;
         it.write();
       }},
      {"blob-not-regular",
       [](Broken& it) {
         it.image();
         const fs::path layer = layer_path(it.write(), it.builder);
         fs::rename(layer, it.work.path("elsewhere"));
         fs::create_symlink(it.work.path("elsewhere"), layer);
       }},
      {"blob-unreadable",
       [](Broken& it) {
         it.image();
         const fs::path blobs = it.write() / "blobs";
         fs::remove_all(blobs);
         fs::create_symlink("blobs", blobs);  // leads to itself
       }},
      {"unreferenced-blob",
       [](Broken& it) {
         it.image();
         it.builder.blob("x");
         it.write();
       }},
      {"stray-file",
       [](Broken& it) {
         it.image();
         write_file(it.write() / "blobs" / "sha256" / "x", "");
       }},
      {"staging-left",
       [](Broken& it) {
         it.image();
         fs::create_directory(it.write() / ".ocimux-1");
       }},
  };
}

std::vector<std::pair<std::string, Make>> layers() {
  const auto with = [](const TarBuilder& tar) {
    return [bytes = tar.bytes()](Broken& it) {
      it.layer(bytes);
      it.write();
    };
  };
  const auto on_windows = [](const TarBuilder& tar) {
    return [bytes = tar.bytes()](Broken& it) {
      it.windows_layer(bytes);
      it.write();
    };
  };
  return {
      {"diff-id",
       [](Broken& it) {
         std::string one = it.builder.image({.layers = {Broken::sound_layer()}});
         const std::string other =
             it.builder.image({.layers = {TarBuilder().file("x", "y").bytes()}});
         one = one.substr(0, one.find("\"layers\"")) + other.substr(other.find("\"layers\""));
         it.builder.blob(one);
         it.builder.top(one, oci_manifest_type, "main");
         it.write();
       }},
      {"layer-compression",
       [](Broken& it) {
         it.edited("layer.v1.tar+gzip", "layer.v1.tar+zstd");
         it.write();
       }},
      {"layer-tar",
       [](Broken& it) {
         it.layer(std::string(1024, 'x'));
         it.write();
       }},
      {"layer-end",
       [](Broken& it) {
         it.layer(Broken::sound_layer().substr(0, 512 + elf_program("amd64").size()));
         it.write();
       }},
      {"member-type",
       [](Broken& it) {
         std::string layer = TarBuilder("ustar").file("x", "").bytes();
         set_field(layer, 0, 156, "7");
         it.layer(layer);
         it.write();
       }},
      {"whiteout-name", with(TarBuilder().file("a/.wh..", ""))},
      {"path-escapes", with(TarBuilder().file("a/../../x", ""))},
      {"path-absolute", with(TarBuilder().file("/x", ""))},
      {"layer-root", with(TarBuilder().symlink(".", "/etc").file("passwd", ""))},
      {"duplicate-entry", with(TarBuilder().file("x", "").file("./x", ""))},
      {"duplicate-directory", with(TarBuilder().directory("x").directory("x"))},
      {"hard-link-target", with(TarBuilder().hard_link("x", "y").file("y", ""))},
      {"windows-layer-form", on_windows(TarBuilder().file("velero.exe", ""))},
      {"windows-compression",
       [](Broken& it) {
         const std::string layer = TarBuilder().directory("Files").bytes();
         const std::string stored = compressed_by("zstd", layer);
         it.builder.blob(stored);
         std::string manifest = it.builder.image(
             {.platform = {"windows", "amd64", "", "10.0.20348.1"}, .layers = {layer}});
         manifest = std::regex_replace(
             manifest, std::regex(R"("layers":\[.*\])"),
             R"("layers":[)" + descriptor("application/vnd.oci.image.layer.v1.tar+zstd", stored) +
                 "]");
         it.builder.blob(manifest);
         it.builder.top(manifest, oci_manifest_type, "main");
         it.write();
       }},
      {"windows-records", on_windows(TarBuilder().directory("Files").file("Files/x", ""))},
  };
}

std::vector<std::pair<std::string, Make>> platforms_and_names() {
  const auto two = [](const Platform& a, const Platform& b) {
    return [a, b](Broken& it) {
      const std::string one = it.builder.image({.platform = a, .layers = {"1"}});
      const std::string other = it.builder.image({.platform = b, .layers = {"2"}});
      it.builder.top(it.builder.index({LayoutBuilder::image_descriptor(one, a),
                                       LayoutBuilder::image_descriptor(other, b)}),
                     oci_index_type, "main");
      it.write();
    };
  };
  const auto expecting = [](const std::string& platform) {
    return [platform](Broken& it) {
      it.image();
      it.options.expect = {ocimux::Platform::parse(platform)};
      it.write();
    };
  };
  const auto tagged = [](const std::string& tag, const std::string& name) {
    return [tag, name](Broken& it) {
      const std::string manifest = it.builder.image({.layers = {Broken::sound_layer()}});
      it.builder.top(manifest, oci_manifest_type, tag, name);
      it.write();
    };
  };
  return {
      {"platform-mismatch",
       [](Broken& it) {
         it.image({.platform = {"linux", "arm64"}, .layers = {Broken::sound_layer()}});
         it.write();
       }},
      {"platform-unknown",
       [](Broken& it) { it.tar("x.tar", TarBuilder().file("etc/x", "").bytes()); }},
      {"platform-duplicate", two({"linux", "arm64"}, {"linux", "arm64", "v8"})},
      {"platform-missing", expecting("linux/arm64")},
      {"platform-unexpected", expecting("linux/arm64")},
      {"platform-demanding",
       [](Broken& it) {
         it.layer(TarBuilder()
                      .file("bin/sh",
                            read_file(fs::path(OCIMUX_TESTDATA) / "binaries" / "linux-amd64-v3"))
                      .bytes());
         it.write();
       }},
      {"os-version-missing",
       [](Broken& it) {
         it.windows_layer(TarBuilder().directory("Files").bytes(), "");
         it.write();
       }},
      {"name-duplicate",
       [](Broken& it) {
         it.builder.simple({}, "main", "1");
         it.builder.simple({}, "main", "2");
         it.write();
       }},
      {"name-contradicts", tagged("main", "docker.io/velero/velero:dev")},
      {"name-invalid", tagged("_main", "")},
  };
}

std::vector<std::string> codes_of(const Verification& verification) {
  std::vector<std::string> codes;
  for (const VerifiedInput& input : verification.inputs) {
    for (const Finding& finding : input.findings) codes.push_back(finding.code);
  }
  return codes;
}

TEST(VerifyCodes, EachIsFoundWhereSomethingIsWrongInThatWay) {
  std::set<std::string> seen{"layer-entries"};  // below
  for (const auto& group : {documents(), blobs(), layers(), platforms_and_names()}) {
    for (const auto& [code, make] : group) {
      SCOPED_TRACE(code);
      Broken it;
      make(it);
      const Verification verification = verify(it.options);
      EXPECT_THAT(codes_of(verification), Contains(code));
      it.options.strictness = Strictness::warnings_are_errors;
      EXPECT_FALSE(verify(it.options).ok());
      seen.insert(code);
    }
  }
  for (const VerifyCode& code : verify_codes()) {
    EXPECT_THAT(seen, Contains(std::string(code.code)));
  }
}

TEST(VerifyCodes, ALayerOfMillionsOfEntriesIsTold) {
  LayerContents contents;
  TarMember member;
  for (std::size_t i = 0; i <= LayerContents::most_entries; ++i) {
    member.path = std::to_string(i % 1000);
    contents.add(member, LayerContents::Records::present);
  }
  contents.end();
  const auto remarks = contents.take_remarks();
  // And nothing is told a million times.
  EXPECT_EQ(remarks.size(), LayerContents::most_remarks + 1);
  EXPECT_EQ(remarks.back().code, "layer-entries");
  EXPECT_THAT(remarks[LayerContents::most_remarks - 1].said.found,
              HasSubstr("(and 1998900 more in this layer)"));
}

TEST(VerifyCodes, AFileOverADirectoryOfItsLayerIsTwiceThere) {
  const auto found_in = [](const TarBuilder& tar) {
    LayerContents contents;
    for (const auto& [header, content] : members_of(tar.bytes())) {
      contents.add(header, LayerContents::Records::present);
    }
    contents.end();
    std::vector<std::string> found;
    for (const LayerRemark& remark : contents.take_remarks()) {
      found.push_back(std::string(remark.code) + ": " + remark.said.found);
    }
    return found;
  };
  EXPECT_THAT(found_in(TarBuilder().file("a/b/c", "").file("a", "")),
              ElementsAre("duplicate-entry: 'a' behind what is in it as a directory"));
  EXPECT_THAT(found_in(TarBuilder().file("a/b", "").symlink("a", "x")),
              ElementsAre(HasSubstr("duplicate-entry: 'a' behind")));
  EXPECT_THAT(found_in(TarBuilder().file("a", "").file("a/b/c", "").file("a/b/d", "")),
              ElementsAre("duplicate-entry: 'a', which is no directory, and 'a/b/c' in it"));
  EXPECT_THAT(found_in(TarBuilder().directory("a").file("a/b", "").file("a", "")),
              ElementsAre("duplicate-entry: 'a' again"));
  EXPECT_THAT(found_in(TarBuilder().file("a/b/c", "").directory("a/b").directory("a")), IsEmpty())
      << "a directory may come behind what is in it";
  EXPECT_THAT(found_in(TarBuilder().symlink("a", "x").file("a/b", "")), IsEmpty())
      << "what the link leads to";
  EXPECT_THAT(found_in(TarBuilder().directory("ab").file("ab/c", "").file("a", "")), IsEmpty());
}

TEST(VerifyCodes, ALayerOfMoreDirectoriesThanAreKeptIsTold) {
  const auto codes_with = [](std::size_t depth) {
    std::string deep;
    for (std::size_t i = 0; i < depth; ++i) deep += "d/";
    LayerContents contents;
    TarMember member;
    for (int i = 0; i < 10; ++i) {
      member.path = std::to_string(i) + "/" + deep + "file";
      contents.add(member, LayerContents::Records::present);
    }
    contents.end();
    std::vector<std::string> codes;
    for (const LayerRemark& remark : contents.take_remarks()) codes.emplace_back(remark.code);
    return codes;
  };
  EXPECT_THAT(codes_with(400), IsEmpty());
  EXPECT_THAT(codes_with(1000), ElementsAre("layer-entries"));
}

TEST(VerifyCodes, AHardLinkToADirectoryIsTold) {
  Broken it;
  it.layer(TarBuilder().directory("d").hard_link("h", "d").bytes());
  it.write();
  const auto findings = verify(it.options).inputs[0].findings;
  ASSERT_THAT(findings, testing::SizeIs(1));
  EXPECT_EQ(findings[0].code, "hard-link-target");
  EXPECT_EQ(findings[0].found, "'h', a link to 'd', which is a directory");
}

TEST(VerifyCodes, ALayerOfMoreHardLinksThanAreKeptIsTold) {
  LayerContents contents;
  TarMember member;
  member.kind = TarMember::Kind::hard_link;
  for (int i = 0; i < 5000; ++i) {
    member.path = "link" + std::to_string(i);
    member.link_target = std::string(4000, 'x') + std::to_string(i);
    contents.add(member, LayerContents::Records::present);
  }
  contents.end();
  const auto remarks = contents.take_remarks();
  ASSERT_EQ(remarks.size(), 1U);
  EXPECT_EQ(remarks[0].code, "layer-entries");
  EXPECT_THAT(remarks[0].said.expected, HasSubstr("16 MiB of hard links"));
}

TEST(VerifyCodes, TheDocumentationListsThemAllInTheirOrder) {
  const std::string text =
      read_file(fs::path(OCIMUX_TESTDATA).parent_path() / "docs" / "verify.md");
  std::vector<std::string> documented;
  const std::regex row(R"(\n\| `([a-z-]+)` \| (error|warning) \|)");
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at) {
    documented.push_back((*at)[1].str() + " " + (*at)[2].str());
  }
  std::vector<std::string> known;
  for (const VerifyCode& code : verify_codes()) {
    known.push_back(std::string(code.code) +
                    (code.severity == Severity::error ? " error" : " warning"));
  }
  EXPECT_THAT(documented, ElementsAreArray(known));
}

TEST(VerifyCodes, TheSchemaListsThemAllInTheirOrder) {
  const Document schema = Document::parse(
      read_file(fs::path(OCIMUX_TESTDATA).parent_path() / "docs" / "schema" / "verify.json"));
  std::vector<std::string> known;
  for (const VerifyCode& code : verify_codes()) known.emplace_back(code.code);
  EXPECT_EQ(schema["$defs"]["finding"]["properties"]["code"]["enum"], Document(known));
}

}  // namespace
}  // namespace ocimux::test
