#include <ocimux/base/error.hpp>

#include "base/handle.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace ocimux {
namespace {

TEST(Error, SaysWhatItWasTold) {
  const Error error(Errc::denied, "no", "ask nicely");
  EXPECT_EQ(error.code(), Errc::denied);
  EXPECT_STREQ(error.what(), "no");
  EXPECT_EQ(error.hint(), "ask nicely");
  EXPECT_EQ(Error(Errc::io, "no").hint(), "");
}

TEST(Error, CarriesItsContextFromTheOutsideIn) {
  const Error inner(Errc::corrupt, "bad digest", "copy it again");
  const Error outer = inner.within("layer 3").within("arm64.tar");
  EXPECT_STREQ(outer.what(), "arm64.tar: layer 3: bad digest");
  EXPECT_EQ(outer.code(), Errc::corrupt);
  EXPECT_EQ(outer.hint(), "copy it again");
  EXPECT_STREQ(inner.what(), "bad digest");
}

TEST(Error, TakesAnotherHint) {
  const Error error = Error(Errc::corrupt, "bad", "one").hinting("two");
  EXPECT_EQ(error.hint(), "two");
  EXPECT_STREQ(error.what(), "bad");
  EXPECT_EQ(error.code(), Errc::corrupt);
}

TEST(Error, CodesWhatTheSystemSays) {
  EXPECT_EQ(Error::from_errno(ENOENT, "x").code(), Errc::not_found);
  EXPECT_EQ(Error::from_errno(ENOTDIR, "x").code(), Errc::not_found);
  EXPECT_EQ(Error::from_errno(EACCES, "x").code(), Errc::denied);
  EXPECT_EQ(Error::from_errno(EPERM, "x").code(), Errc::denied);
  EXPECT_EQ(Error::from_errno(EROFS, "x").code(), Errc::denied);
  EXPECT_EQ(Error::from_errno(EEXIST, "x").code(), Errc::already_exists);
  EXPECT_EQ(Error::from_errno(ENOSPC, "x").code(), Errc::io);
  EXPECT_STREQ(Error::from_errno(ENOENT, "opening a").what(),
               "opening a: No such file or directory");
}

TEST(Within, AnswersWhatTheWorkAnswers) {
  EXPECT_EQ(within("here", [] { return 7; }), 7);
  int runs = 0;
  within("here", [&] { ++runs; });
  EXPECT_EQ(runs, 1);
}

TEST(Within, PutsItsPlaceInFrontOfAnError) {
  try {
    within("outer",
           [] { within("inner", []() -> int { throw Error(Errc::conflict, "no", "hint"); }); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "outer: inner: no");
    EXPECT_EQ(error.code(), Errc::conflict);
    EXPECT_EQ(error.hint(), "hint");
  }
}

TEST(Within, LeavesOtherExceptionsAlone) {
  EXPECT_THROW(within("here", [] { throw 7; }), int);
}

int released = 0;
void release(int* object) {
  ++released;
  delete object;  // NOLINT(*-owning-memory)
}

TEST(Handle, ReleasesItsObjectOnceAndNullNever) {
  released = 0;
  {
    Handle<int, release> one(new int(1));
    const Handle<int, release> moved = std::move(one);
    const Handle<int, release> null;
    EXPECT_EQ(released, 0);
  }
  EXPECT_EQ(released, 1);
}

}  // namespace
}  // namespace ocimux
