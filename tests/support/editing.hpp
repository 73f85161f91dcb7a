#pragma once

#include <ocimux/jobs/edit.hpp>

#include "support/cargoes.hpp"
#include "support/merging.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ocimux::test {

/// The text of `index.json`.
inline std::string index_json(const std::string& layout) {
  return read_file(layout + "/index.json");
}

/// The bytes of the document that `index.json` lists at that place.
inline std::string listed_text(const std::string& layout, std::size_t place = 0) {
  const ReadLayout read(layout);
  return read.blob(read.index_json()["manifests"][place]);
}

/// error_of() an edit, which must leave everything below @p workspace as it was.
inline Error edit_refusal(const Workspace& workspace, const std::function<void()>& edit) {
  const auto before = workspace.tree();
  const Error error = error_of(edit);
  EXPECT_EQ(workspace.tree(), before) << "after: " << error.what();
  return error;
}

/// Two platforms under the tag `main`, in a layout.
struct TwoInLayout {
  Workspace work = {};
  TwoPlatforms two = TwoPlatforms("main");
  std::string layout = work.layout("l", two.builder);
};

/// An attestation of @p image, as an index lists it.
inline std::string listed_attestation(LayoutBuilder& builder, const std::string& image) {
  return LayoutBuilder::image_descriptor(
      builder.attestation(image), {"unknown", "unknown"},
      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
      R"("vnd.docker.reference.digest":")" +
          sha256(image) + R"("})");
}

}  // namespace ocimux::test
