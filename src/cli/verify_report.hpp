#pragma once

#include <ocimux/jobs/verify.hpp>

#include <string>

/// What verify found, for people, for programs (docs/json.md) and for CI.
namespace ocimux::cli {

std::string verification_text(const Verification& verification);
std::string verification_json(const Verification& verification);

/// JUnit's XML, as CI servers read it: a test suite for each input, a test case for each image and
/// check, and those of the input as a whole.
std::string verification_junit(const Verification& verification);

}  // namespace ocimux::cli
