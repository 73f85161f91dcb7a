#include "jobs/registry_input.hpp"

#include "jobs/layer.hpp"
#include "support/fake_transport.hpp"
#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

/// A registry over what a LayoutBuilder made.
class RegistryInput : public testing::Test {
 protected:
  RegistryInput() {
    fake->otherwise([this](const Request& request) { return serve(request); });
  }

  Input read(const std::string& text = "docker://r.example/a/b:main") {
    const Reference reference = Reference::parse(text);
    const Repository repository(fake, Url::parse("https://r.example/"), "a/b", noting(waits));
    return read_registry(reference, repository, progress);
  }
  [[nodiscard]] std::vector<std::string> asked() const {
    std::vector<std::string> all;
    for (const Request& request : fake->requests) {
      const std::string& url = request.url.string();
      all.push_back(request.method + " " + url.substr(url.find("/a/b/") + 5));
    }
    return all;
  }

  Response serve(const Request& request) {
    const std::string& url = request.url.string();
    const std::string name = url.substr(url.rfind('/') + 1);
    const std::string digest = name == "main" ? sha256(top) : name;
    const auto blob = builder.blobs.find(digest);
    if (blob == builder.blobs.end()) return FakeTransport::answer(request, 404, "");
    const bool index = blob->second.find("\"manifests\"") != std::string::npos;
    return FakeTransport::answer(request, 200, blob->second,
                                 {{"Content-Type", index ? oci_index_type : oci_manifest_type},
                                  {"Content-Length", std::to_string(blob->second.size())}});
  }
  void put_index(const std::vector<std::string>& descriptors) {
    top = builder.index(descriptors);
    builder.blob(top);
  }

  LayoutBuilder builder;
  std::string top;
  std::shared_ptr<FakeTransport> fake = std::make_shared<FakeTransport>();
  std::vector<std::chrono::milliseconds> waits;
  RecordingProgress progress;
};

TEST_F(RegistryInput, ReadsDocumentsOnceAndNoLayer) {
  const std::string amd64 = builder.image({});
  const std::string arm64 =
      builder.image({.platform = {"linux", "arm64"}, .layers = {"another layer"}});
  put_index({LayoutBuilder::image_descriptor(amd64, {}),
             LayoutBuilder::image_descriptor(arm64, {"linux", "arm64"})});
  const Input input = read();
  EXPECT_EQ(input.kind, InputKind::registry);
  EXPECT_EQ(input.name, "docker://r.example/a/b:main");
  ASSERT_THAT(input.images, SizeIs(2));
  const std::vector<std::string> all = asked();
  EXPECT_THAT(all, SizeIs(5)) << "the index, and a manifest and a config each";
  EXPECT_THAT(std::set<std::string>(all.begin(), all.end()), SizeIs(5));

  const auto& stored = std::get<StoredImage>(input.images[0].content);
  const auto body = stored.find(stored.manifest.layers.at(0));
  ASSERT_TRUE(body);
  EXPECT_TRUE(body->remote);
  EXPECT_THAT(asked(), SizeIs(5)) << "finding a layer asks for nothing";
  EXPECT_EQ(sha256(text_of(*body)), stored.manifest.layers[0].digest.string());
}

TEST_F(RegistryInput, ReadsASingleManifestByDigest) {
  const std::string image = builder.image({});
  builder.blob(image);
  const Input input = read("docker://r.example/a/b@" + sha256(image));
  ASSERT_THAT(input.images, SizeIs(1));
  EXPECT_EQ(asked()[0], "GET manifests/" + sha256(image));
}

TEST_F(RegistryInput, LeavesOutWhatTheRegistryLacks) {
  const std::string amd64 = builder.image({});
  put_index({LayoutBuilder::image_descriptor(amd64, {}),
             LayoutBuilder::image_descriptor("not pushed", {"linux", "arm64"})});
  EXPECT_THAT(read().images, SizeIs(1));
  EXPECT_THAT(progress.warnings(),
              ElementsAre(AllOf(HasSubstr("linux/arm64"), HasSubstr("left out"))));
}

TEST_F(RegistryInput, RefusesDocumentsOfAnotherSizeOrDigest) {
  const std::string amd64 = builder.image({});
  put_index({LayoutBuilder::image_descriptor(amd64, {})});
  builder.blobs[sha256(amd64)] = amd64 + " ";
  EXPECT_THAT(refusal([&] { return read(); }),
              AllOf(StartsWith("corrupt: docker://r.example/a/b:main: "),
                    HasSubstr("expected content with digest " + sha256(amd64))));
}

TEST_F(RegistryInput, ForeignLayersMayBeMissing) {
  const Descriptor foreign{"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                           Digest::of("somewhere else"), 14};
  const std::string amd64 = builder.image({});
  put_index({LayoutBuilder::image_descriptor(amd64, {})});
  const Input input = read();
  const auto& stored = std::get<StoredImage>(input.images.at(0).content);
  EXPECT_EQ(stored.find(foreign), std::nullopt);
  EXPECT_THAT(asked().back(), StartsWith("HEAD blobs/"));
}

TEST_F(RegistryInput, NamesTheReferenceInErrors) {
  EXPECT_THAT(refusal([&] { return read("docker://r.example/a/b:other"); }),
              StartsWith("not_found: docker://r.example/a/b:other: expected this manifest"));
}

TEST(RegistryReferences, AreToldFromPaths) {
  EXPECT_TRUE(std::holds_alternative<Reference>(parse_reference("docker://r.example/x")));
  EXPECT_THAT(refusal([] { return parse_reference("r.example/x:1"); }), StartsWith("not_found: "))
      << "a bare name is none of a registry";
}

TEST(RegistryReferences, CredentialsAreForOneRegistry) {
  const RegistryOptions options{.credentials = "me:sesame"};
  const auto check = [&](const std::vector<std::string>& references) {
    return refusal([&] {
      check_credentials(options, references);
      return 0;
    });
  };
  EXPECT_THAT(check({"docker://r.x/a", "docker://R.x/b:1", "a.tar"}), IsEmpty());
  EXPECT_THAT(check({"docker://r.x/a", "docker://s.x/b"}),
              AllOf(StartsWith("invalid_argument: --creds: "), HasSubstr("r.x and s.x"),
                    testing::Not(HasSubstr("sesame"))));
}

/// A body that counts how often it is opened, and gives a byte at a time.
class RemoteLayer : public testing::Test {
 protected:
  class OneByOne final : public Source {
   public:
    explicit OneByOne(std::string text) : text_(std::move(text)) {}
    std::size_t read(std::span<std::byte> into) override { return text_.read(into.first(1)); }

   private:
    MemorySource text_;
  };

  Body body(const std::string& text) {
    return {[this, text] {
              ++opened;
              return std::make_unique<OneByOne>(text);
            },
            static_cast<std::int64_t>(text.size())};
  }

  int opened = 0;
};

TEST_F(RemoteLayer, PeekingReadsNothingTwice) {
  const std::string text("\x1f\x8b\x08 and what follows", 20);
  const Peeked peeked = peek(body(text));
  EXPECT_EQ(peeked.codec, Codec::gzip);
  EXPECT_EQ(text_of(peeked.body), text);
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(text_of(peek(body("x")).body), "x") << "shorter than any magic number";
}

TEST_F(RemoteLayer, SniffsWhatPasses) {
  std::vector<Codec> told;
  const auto keep = [&](Codec codec) { told.push_back(codec); };
  const std::string zstd("\x28\xb5\x2f\xfd....", 8);
  EXPECT_EQ(text_of(sniffed(body(zstd), keep)), zstd);
  EXPECT_EQ(text_of(sniffed(body("ab"), keep)), "ab");
  EXPECT_EQ(text_of(sniffed(body(""), keep)), "");
  EXPECT_THAT(told, ElementsAre(Codec::zstd, Codec::none, Codec::none));
  EXPECT_EQ(opened, 3);
}

}  // namespace
}  // namespace ocimux::test
