#pragma once

/// Matchers for tests of images: EXPECT_THAT("layout:main", HasPlatforms("linux/amd64")).
///
/// What is matched is a reference as docs/cli.md describes them (a std::string, a literal or a
/// std::filesystem::path): a layout, an archive, a root filesystem's tar, docker://…. What cannot
/// be read does not match, and the explanation is the error.
#include <ocimux/gtest/files.hpp>
#include <ocimux/gtest/platforms.hpp>
#include <ocimux/gtest/reproducible.hpp>
#include <ocimux/gtest/settings.hpp>
#include <ocimux/gtest/verify.hpp>
