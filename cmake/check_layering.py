"""Fails on an include that the house does not allow.

usage: check_layering.py LAYERS ROOT      check ROOT/src and ROOT/include
       check_layering.py --self-test      prove that the check can fail

LAYERS has a line for each layer, "name: the layers it uses"; CMake writes it
from the ocimux_layer() calls of src/CMakeLists.txt.
"""

import pathlib
import re
import sys
import tempfile

MAX_LINES = 400

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

# Foreign exceptions and status codes become Error in the one place that
# includes the library.
HOMES = {
    r"nlohmann/": "src/spec/json.cpp",
    r"CLI/": "src/cli/",
    r"archive(_entry)?\.h$": "src/tar/",
    r"openssl/": "src/digest/",
    r"(zlib|zstd|lzma|bzlib|libdeflate|isa-l/.*|igzip_lib)\.h$": "src/compress/",
}

STANDARD = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono
cinttypes climits clocale cmath codecvt compare complex concepts condition_variable coroutine
csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque
exception execution filesystem format forward_list fstream functional future initializer_list
iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource
mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string
string_view strstream syncstream system_error thread tuple type_traits typeindex typeinfo
unordered_map unordered_set utility valarray variant vector version
""".split())


def read_layers(text):
    layers = {}
    for line in text.splitlines():
        name, _, uses = line.partition(":")
        layers[name.strip()] = set(uses.split())
    return layers


def target_layer(quote, path):
    """The layer an include of ours leads to; None: not one of ours."""
    parts = path.split("/")
    if quote == '"':
        return parts[0] if len(parts) > 1 else "(no layer)"
    if parts[0] == "ocimux":
        return parts[1] if len(parts) > 2 else "(no layer)"
    return None


def complaints_about_include(quote, path, name, layer, layers):
    target = target_layer(quote, path)
    if target is not None:
        if target not in layers:
            yield f"{path} is in no layer"
        elif target != layer and target not in layers[layer]:
            yield f"layer {layer} may not include {path}"
    if name.startswith("include/") and (target is None or quote == '"'):
        if path not in STANDARD:
            yield f"a public header may not include {path}"
    for pattern, home in HOMES.items():
        if target is None and re.match(pattern, path) and not name.startswith(home):
            yield f"{path} may only be included by {home}"


def check(layers, root):
    """All complaints about the tree below root, and how many files were read."""
    complaints = []
    files = 0
    for top in ("src", "include/ocimux"):
        for path in sorted((root / top).rglob("*.[ch]pp")):
            files += 1
            name = path.relative_to(root).as_posix()
            layer = path.relative_to(root / top).parts[0]
            lines = path.read_text(encoding="utf-8").splitlines()
            if layer not in layers:
                complaints.append(f"{name}: {layer} is not a layer of src/CMakeLists.txt")
                continue
            if len(lines) > MAX_LINES:
                complaints.append(f"{name}: {len(lines)} lines; {MAX_LINES} are allowed")
            for number, line in enumerate(lines, 1):
                if found := INCLUDE.match(line):
                    for what in complaints_about_include(*found.groups(), name, layer, layers):
                        complaints.append(f"{name}:{number}: {what}")
    return complaints, files


def self_test():
    layers = read_layers("base: \nio: base\nspec: base io\ncli: base io spec\n")
    allowed = {
        "src/base/a.cpp": '#include <ocimux/base/a.hpp>\n#include <vector>\n#include <unistd.h>\n',
        "src/io/a.cpp": '#include "io/a.hpp"\n#include <ocimux/base/a.hpp>\n',
        "src/spec/json.cpp": "#include <nlohmann/json.hpp>\n",
        "src/cli/main.cpp": "#include <CLI/CLI.hpp>\n",
        "include/ocimux/io/a.hpp": "#include <ocimux/base/a.hpp>\n#include <span>\n",
    }
    refused = {
        "src/base/a.cpp": "#include <ocimux/io/a.hpp>\n",
        "src/base/b.cpp": '  #  include "io/a.hpp"\n',
        "src/io/a.cpp": '#include "a.hpp"\n',
        "src/io/b.cpp": '#include "../base/a.hpp"\n',
        "src/io/c.cpp": '#include <ocimux/nowhere/a.hpp>\n',
        "src/io/d.cpp": "int line;\n" * (MAX_LINES + 1),
        "src/spec/a.cpp": "#include <nlohmann/json.hpp>\n",
        "src/spec/b.cpp": "#include <archive.h>\n",
        "src/nowhere/a.cpp": "#include <vector>\n",
        "include/ocimux/io/a.hpp": "#include <openssl/evp.h>\n",
        "include/ocimux/io/b.hpp": "#include <unistd.h>\n",
        "include/ocimux/io/c.hpp": '#include "base/a.hpp"\n',
        "include/ocimux/base/a.hpp": "#include <ocimux/spec/a.hpp>\n",
    }
    for tree, wanted in ((allowed, set()), (refused, set(refused))):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in tree.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            complaints, files = check(layers, root)
        blamed = {complaint.split(":")[0] for complaint in complaints}
        assert blamed == wanted, f"wrongly blamed or missed: {sorted(blamed ^ wanted)}"
        assert files == len(tree)
    print("the layering check passes what is allowed and fails what is not")


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    layers = read_layers(pathlib.Path(arguments[0]).read_text(encoding="utf-8"))
    complaints, files = check(layers, pathlib.Path(arguments[1]))
    for complaint in complaints:
        print(complaint)
    print(f"{files} files, {len(layers)} layers, {len(complaints)} complaints")
    return 1 if complaints or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
