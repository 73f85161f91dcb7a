// Writers that meet at one layout, in threads and in processes; and processes that are killed.

#include "layout/change.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "support/files.hpp"
#include "support/streams.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include <csignal>
#include <latch>
#include <random>
#include <set>
#include <thread>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;
using test::tree;

Index with(Index index, const Blob& blob) {
  index.manifests.push_back({std::string(media_type::oci_manifest), blob.digest, blob.size});
  return index;
}

void publish(LayoutChange& change, const std::string& text) {
  const Blob blob = change.put(text);
  change.publish([&](const Index& index) { return with(index, blob); });
}

// Every blob that index.json names is there and whole; answers how many.
std::size_t checked(const fs::path& path) {
  const Layout layout = Layout::open(path);
  std::set<Digest> seen;
  for (const Descriptor& manifest : layout.index().manifests) {
    test::text_of(layout.blobs().open(manifest.digest, manifest.size));
    seen.insert(manifest.digest);
  }
  return seen.size();
}

// Both were begun when there was no layout. The second must neither fail nor replace the first,
// nor wait for it: what the first held while it worked is free once it has published.
TEST(LayoutChange, TheSecondOfTwoNewLayoutsGoesIntoTheFirst) {
  const TemporaryDirectory directory;
  LayoutChange first(directory / "out");
  LayoutChange second(directory / "out");
  publish(first, "first");
  publish(second, "second");
  EXPECT_EQ(checked(directory / "out"), 2U);
}

TEST(LayoutChange, TwoChangesOfOneLayoutKeepBoth) {
  const TemporaryDirectory directory;
  {
    LayoutChange change(directory / "out");
    publish(change, "zero");
  }
  LayoutChange first(directory / "out");
  LayoutChange second(directory / "out");
  publish(second, "second");
  publish(first, "first");
  EXPECT_EQ(first.index().manifests.size(), 1U);
  EXPECT_EQ(checked(directory / "out"), 3U);
}

TEST(LayoutChange, ANewOneBegunWhileAnotherWorksDoesNotCleanItUp) {
  const TemporaryDirectory directory;
  LayoutChange first(directory / "out");
  first.put("first");
  { const LayoutChange abandoned(directory / "out"); }
  publish(first, "first");
  EXPECT_EQ(checked(directory / "out"), 1U);
}

TEST(LayoutChange, EightThreadsLoseNothing) {
  constexpr int threads = 8;
  constexpr int rounds = 5;
  const TemporaryDirectory directory;
  for (const bool new_layout : {true, false}) {
    const fs::path path = directory / (new_layout ? "new" : "old");
    if (!new_layout) {
      LayoutChange change(path);
      change.publish([](const Index& index) { return index; });
    }
    std::latch begun(threads);
    std::vector<std::jthread> crew;
    for (int t = 0; t < threads; ++t) {
      crew.emplace_back([&, t] {
        for (int round = 0; round < rounds; ++round) {
          LayoutChange change(path);
          if (round == 0) begun.arrive_and_wait();  // all of them saw the same state
          publish(change, std::to_string(t) + "/" + std::to_string(round));
        }
      });
    }
    crew.clear();
    EXPECT_EQ(checked(path), std::size_t{threads} * rounds);
    EXPECT_EQ(Layout::open(path).index().manifests.size(), std::size_t{threads} * rounds);
  }
  EXPECT_EQ(tree(directory.path()).size(), 2U * (5U + threads * rounds)) << "nothing else is left";
}

TEST(LayoutChange, BlobsAreGatheredFromManyThreads) {
  const TemporaryDirectory directory;
  LayoutChange change(directory / "out");
  {
    std::vector<std::jthread> crew;
    for (int t = 0; t < 8; ++t) {
      crew.emplace_back([&change, t] {
        for (int i = 0; i < 20; ++i) change.put("blob " + std::to_string((i + t) % 20));
      });
    }
  }
  EXPECT_EQ(change.totals().blobs, 20);
  change.publish([](const Index& index) { return index; });
  EXPECT_EQ(Layout::open(directory / "out").index().manifests.size(), 0U);
}

// The child publishes one layout after another until it is killed.
void publish_until_killed(const fs::path& path, unsigned first) {
  for (unsigned i = first;; ++i) {
    LayoutChange change(path);
    publish(change, "run " + std::to_string(i));
  }
}

TEST(LayoutChange, AKilledProcessLeavesAValidLayoutAndTheNextCleansUp) {
  const TemporaryDirectory directory;
  const fs::path path = directory / "out";
  std::mt19937 random(1);
  std::size_t before = 0;
  for (unsigned round = 0; round < 40; ++round) {
    if (round % 8 == 7) {  // new layouts are killed, too
      fs::remove_all(path);
      before = 0;
    }
    const pid_t child = ::fork();
    if (child == 0) publish_until_killed(path, round * 100'000);
    ::usleep(static_cast<useconds_t>(random() % 20000));  // no gate: the moment is to be any
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    if (!fs::exists(path)) continue;
    const std::size_t now = checked(path);
    EXPECT_GE(now, before) << "what was published stays";
    before = now;
  }
  {
    LayoutChange change(path);
    publish(change, "last");
  }
  EXPECT_EQ(checked(path), before + 1);
  for (const auto& [name, content] : tree(directory.path())) {
    EXPECT_EQ(name.find(".ocimux-"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace ocimux
