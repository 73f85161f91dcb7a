#include "jobs/platform_truth.hpp"

#include "spec/letter_case.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace ocimux {
namespace {

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// `lib/x86_64-linux-gnu`, but not `usr/aarch64-linux-gnu/lib`, where cross tool chains have theirs.
bool is_library_directory(std::string_view directory) {
  if (is_one_of(directory, {"lib", "lib64", "usr/lib", "usr/lib64"})) return true;
  return is_one_of(directory_of(directory), {"lib", "usr/lib"}) &&
         name_of(directory).find("-linux-") != std::string_view::npos;
}

bool is_loader_or_libc(std::string_view name) {
  return name == "libc.so.6" || name.starts_with("libc.musl-") || name.starts_with("ld-musl-") ||
         name.starts_with("ld-linux") || name.starts_with("ld64.so");
}

bool is_shell(std::string_view path) {
  return is_one_of(path, {"bin/sh", "usr/bin/sh", "bin/dash", "usr/bin/dash", "bin/bash",
                          "usr/bin/bash", "bin/busybox", "usr/bin/busybox"});
}

bool is_windows_system(std::string_view path) {
  return is_one_of(lower(path), {"windows/system32/ntdll.dll", "windows/system32/kernel32.dll",
                                 "windows/system32/ntoskrnl.exe", "windows/system32/cmd.exe"});
}

bool is_system(std::string_view path) {
  if (is_shell(path) || is_windows_system(path)) return true;
  return is_library_directory(directory_of(path)) && is_loader_or_libc(name_of(path));
}

// Where programs are that are meant to be called by name.
bool is_program_directory(std::string_view directory) {
  return directory.empty() || is_one_of(name_of(directory), {"bin", "sbin"});
}

bool is_called(const Program& program) {
  return program.executable.program && is_program_directory(directory_of(program.path));
}

// .NET's code runs anywhere; a machine nobody has a name for says nothing either.
bool is_witness(const Executable& executable) {
  return !executable.managed && !executable.os.empty() && !executable.architecture.empty();
}

bool is_for(const Executable& executable, const Platform& platform) {
  return executable.os == platform.os && executable.architecture == platform.architecture;
}

// What processors of the one kind run of the other.
bool also_runs(const Platform& platform, const Executable& executable) {
  if (executable.os != platform.os) return false;
  return (platform.architecture == "amd64" && executable.architecture == "386") ||
         (platform.architecture == "arm64" && executable.architecture == "arm");
}

// `v7` is 7; nothing is 0.
int level_of(std::string_view variant) {
  return variant.size() == 2 && variant.front() == 'v' ? variant.back() - '0' : 0;
}

// An amd64 image without a level promises the first, an arm image without a variant nothing.
bool needs_more(const Program& program, const Platform& said) {
  if (!is_for(program.executable, said)) return false;
  if (said.architecture != "arm" && said.architecture != "amd64") return false;
  if (said.architecture == "arm" && said.variant.empty()) return false;
  return level_of(program.executable.variant) > std::max(level_of(said.variant), 1);
}

std::vector<std::string> search_path(const Json& settings) {
  std::string text = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (const std::string& pair : strings_member(settings, "Env")) {
    if (pair.starts_with("PATH=")) text = pair.substr(std::string_view("PATH=").size());
  }
  std::vector<std::string> directories;
  constexpr std::size_t most = 256;  // more would be a way to keep us busy
  for (std::string_view rest = text; !rest.empty() && directories.size() < most;) {
    const std::string_view part = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    directories.emplace_back(part);
  }
  return directories;
}

/// The paths that @p word, the first of a command, may stand for.
std::vector<std::string> meanings(const std::string& word, const Json& settings) {
  if (word.starts_with('/') || word.find('\\') != std::string::npos) return {word};
  const std::string here = string_member(settings, "WorkingDir") + "/" + word;
  if (word.find('/') != std::string::npos) return {here};
  std::vector<std::string> paths;
  for (const std::string& directory : search_path(settings)) {
    paths.push_back(directory + "/" + word);
  }
  paths.push_back(here);  // as Windows does, which has no PATH in the config
  return paths;
}

// `exec server --foo`, as a shell is given it, is about `server`.
std::string first_word(std::string_view text) {
  constexpr std::string_view exec = "exec ";
  if (text.starts_with(exec)) text.remove_prefix(exec.size());
  return std::string(text.substr(0, text.find(' ')));
}

bool is_emulator(std::string_view name) { return name.starts_with("qemu-"); }

bool is_starter(std::string_view word) {
  return is_one_of(name_of(word), {"tini", "tini-static", "dumb-init", "catatonit", "env", "sh",
                                   "bash", "dash", "ash", "nice", "stdbuf", "setsid"});
}

// The word behind a starter and its options (and, of env, its assignments).
std::size_t next_program(const std::vector<std::string>& command, std::size_t starter) {
  std::size_t i = starter + 1;
  while (i < command.size() &&
         (command[i].starts_with('-') || command[i].find('=') < command[i].find(' '))) {
    ++i;
  }
  return i;
}

using Count = std::pair<std::size_t, const Program*>;  // and the first one of them

/// How many there are of each platform.
std::map<std::pair<std::string, std::string>, Count> counted(const std::vector<Program>& programs) {
  std::map<std::pair<std::string, std::string>, Count> counts;
  for (const Program& program : programs) {
    const auto key = std::pair(program.executable.os, program.executable.architecture);
    const auto at = counts.try_emplace(key, Count{0, &program}).first;
    ++at->second.first;
  }
  return counts;
}

std::string highest_variant(const std::vector<Program>& programs, const Platform& platform) {
  std::string highest;
  for (const Program& program : programs) {
    if (!is_for(program.executable, platform)) continue;
    highest = std::max(highest, program.executable.variant);
  }
  return highest;
}

}  // namespace

Json config_of(const Image& image) {
  const auto* stored = std::get_if<StoredImage>(&image.content);
  return Json::parse(stored != nullptr ? stored->config_text
                                       : std::get<SavedImage>(image.content).config_text);
}

PlatformTruth::PlatformTruth(const Programs& programs) : programs_(programs) {
  std::vector<Program> elsewhere;
  programs.for_each([&](const std::string& path, const Executable& executable) {
    if (!is_witness(executable)) return;
    const bool program = is_called({path, executable});
    auto& group = is_system(path) ? system_ : program ? others_ : elsewhere;
    group.push_back({path, executable});
  });
  if (others_.empty()) others_ = std::move(elsewhere);
}

// Entrypoint and Cmd are one command line. What only starts another (an init, a shell with one
// command, a script of which the content is not known) is seen through; what runs foreign programs
// (an emulator, wine) is not: its arguments are its own affair.
void PlatformTruth::set_config(const Json& config) {
  const Json* settings = config.find("config");
  if (settings == nullptr) return;
  const std::vector<std::string> entrypoint = strings_member(*settings, "Entrypoint");
  const std::vector<std::string> arguments = strings_member(*settings, "Cmd");
  std::vector<std::string> command = entrypoint;
  command.insert(command.end(), arguments.begin(), arguments.end());
  for (std::size_t i = 0; i < command.size();) {
    const std::string word = first_word(command[i]);
    const bool found = add_started(word, *settings);
    if (is_starter(word)) {
      i = next_program(command, i);
    } else if (!found && i < entrypoint.size() && !arguments.empty()) {
      i = entrypoint.size();  // a script, whose arguments mostly are what it starts
    } else {
      return;
    }
  }
}

bool PlatformTruth::add_started(const std::string& word, const Json& settings) {
  if (word.empty()) return false;
  const std::vector<std::string> paths = meanings(word, settings);
  const auto found = std::find_if(paths.begin(), paths.end(), [&](const std::string& path) {
    return programs_.find(path) != nullptr;
  });
  if (found == paths.end()) return false;
  const Executable& executable = *programs_.find(*found);
  if (is_witness(executable) && !is_emulator(name_of(*found))) {
    started_.push_back({found->substr(found->find_first_not_of('/')), executable});
  }
  return true;
}

std::string PlatformTruth::arm_variant(const std::vector<Program>& group,
                                       const Platform& platform) const {
  std::string variant = highest_variant(system_, platform);
  if (variant.empty()) variant = highest_variant(started_, platform);
  return variant.empty() ? highest_variant(group, platform) : variant;
}

std::optional<Platform> PlatformTruth::platform() const {
  for (const auto* group : {&started_, &system_, &others_}) {
    if (group->empty()) continue;
    const auto counts = counted(*group);
    const auto most = std::max_element(
        counts.begin(), counts.end(),
        [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
    if (2 * most->second.first <= group->size()) continue;  // no majority
    Platform platform{most->first.first, most->first.second};
    // An amd64 image with a level is one that many nodes pass by: only a person may say it.
    if (platform.architecture == "arm") platform.variant = arm_variant(*group, platform);
    if (platform.os == "windows") platform.os_version = programs_.windows_version();
    return platform;
  }
  return std::nullopt;
}

bool PlatformTruth::has_any_for(const Platform& said) const {
  const auto holds = [&](const std::vector<Program>& group) {
    return std::any_of(group.begin(), group.end(),
                       [&](const Program& program) { return is_for(program.executable, said); });
  };
  return holds(started_) || holds(system_) || holds(others_);
}

std::optional<Program> PlatformTruth::against(const Platform& said) const {
  if (auto program = started_against(said)) return program;
  if (auto program = system_against(said)) return program;
  if (auto program = newer_arm(said)) return program;
  if (!started_.empty()) return std::nullopt;
  return system_.empty() ? majority_against(said) : all_against(said);
}

// A system of the right kind, and every program that was added is of another: the usual slip of a
// cross build.
std::optional<Program> PlatformTruth::all_against(const Platform& said) const {
  if (others_.empty() || !is_called(others_.front()) || !programs_.complete()) return std::nullopt;
  const Program* foreign = nullptr;
  for (const Program& program : others_) {
    if (is_for(program.executable, said) || also_runs(said, program.executable)) {
      return std::nullopt;
    }
    if (foreign == nullptr && program.executable.os == said.os) foreign = &program;
  }
  if (foreign == nullptr) return std::nullopt;
  return *foreign;
}

// A 32-bit program is at home in a 64-bit image, unless nothing there has 64 bits.
std::optional<Program> PlatformTruth::started_against(const Platform& said) const {
  for (const Program& program : started_) {
    if (is_for(program.executable, said)) continue;
    if (also_runs(said, program.executable) && has_any_for(said)) continue;
    return program;
  }
  return std::nullopt;
}

// Some images hold the libraries of several architectures; one that fits is enough.
std::optional<Program> PlatformTruth::system_against(const Platform& said) const {
  const bool fits = std::any_of(system_.begin(), system_.end(), [&](const Program& program) {
    return is_for(program.executable, said);
  });
  if (fits || system_.empty()) return std::nullopt;
  return system_.front();
}

// Attributes tell the newest instruction of all the parts that were linked, also of those that are
// called only where the processor has it. So one part of the system that fits is enough, and where
// nothing counts for itself, more than half of the others must be newer.
std::optional<Program> PlatformTruth::newer_arm(const Platform& said) const {
  if (said.architecture != "arm" || said.variant.empty()) return std::nullopt;
  const auto newer = [&](const Program& program) { return needs_more(program, said); };
  const auto first_newer = [&](const std::vector<Program>& group) -> std::optional<Program> {
    const auto found = std::find_if(group.begin(), group.end(), newer);
    if (found == group.end()) return std::nullopt;
    return *found;
  };
  if (!system_.empty()) {
    return std::all_of(system_.begin(), system_.end(), newer) ? first_newer(system_) : std::nullopt;
  }
  if (!started_.empty()) return first_newer(started_);
  const auto count = std::count_if(others_.begin(), others_.end(), newer);
  return 2 * static_cast<std::size_t>(count) > others_.size() ? first_newer(others_) : std::nullopt;
}

std::optional<Program> PlatformTruth::majority_against(const Platform& said) const {
  const auto counts = counted(others_);
  const auto ours = counts.find({said.os, said.architecture});
  const std::size_t fitting = ours == counts.end() ? 0 : ours->second.first;
  const Program* loudest = nullptr;
  std::size_t most = fitting;
  for (const auto& [platform, count] : counts) {
    // Downloads for other systems are no lie where there are programs for this one.
    if (count.first <= most || (fitting != 0 && platform.first != said.os)) continue;
    most = count.first;
    loudest = count.second;
  }
  if (loudest == nullptr) return std::nullopt;
  return *loudest;
}

std::optional<Program> PlatformTruth::needing_more(const Platform& said) const {
  for (const auto* group : {&started_, &system_}) {
    for (const Program& program : *group) {
      if (needs_more(program, said)) return program;
    }
  }
  return std::nullopt;
}

}  // namespace ocimux
