#include "cli/image_options.hpp"

namespace ocimux::cli {

CLI::Option* add_image_options(CLI::App& app, TypedImage& typed, const char* path) {
  app.add_option("REF", typed.reference, "The image")->required()->type_name("");
  CLI::Option* option = app.add_option("PATH", typed.path, path)->type_name("");
  app.add_option("-p,--platform", typed.platform, "Which image, where there are several")
      ->type_name("PLATFORM");
  add_registry_options(app, typed.registry);
  return option;
}

}  // namespace ocimux::cli
