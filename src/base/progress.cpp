#include <ocimux/base/progress.hpp>

namespace ocimux {
namespace {

class Silence final : public Progress {
 public:
  Task begin(std::string_view /*name*/, std::int64_t /*bytes*/) override { return 0; }
  void advance(Task /*task*/, std::int64_t /*bytes*/) override {}
  void end(Task /*task*/) override {}
  void note(std::string_view /*text*/) override {}
  void warn(std::string_view /*text*/) override {}
};

}  // namespace

Progress& silent_progress() {
  static Silence silence;  // holds no state: one for all is as good as one each
  return silence;
}

}  // namespace ocimux
