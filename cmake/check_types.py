"""Fails on a name that two types of the program have, which no compiler sees and of which a linker takes one.

usage: check_types.py ROOT           check ROOT/src, ROOT/include and ROOT/tests/support
       check_types.py --self-test    prove that the check can fail

It goes by clang-format's form: what is in a namespace begins in the first column, and an unnamed one, where
names are a source's own, ends in "}  // namespace".
"""

import collections
import pathlib
import re
import sys
import tempfile

FOLDERS = ("src", "include", "tests/support")
DEFINITION = re.compile(r"(?:class|struct|union|enum class|enum) (\w+)(?: final)?(?: : [^;]*)?(?: \{.*|$)")
NAMESPACE = re.compile(r"(?:inline )?namespace ([\w:]+) \{$")


def types_in(text):
    """The full names of the types that have linkage, and the lines they are in."""
    spaces = []
    for number, line in enumerate(text.splitlines(), 1):
        if line == "namespace {":
            spaces.append(None)
        elif found := NAMESPACE.match(line):
            spaces.append(found[1])
        elif line.startswith("}  // namespace") and spaces:
            spaces.pop()
        elif (found := DEFINITION.match(line)) and None not in spaces:
            yield "::".join([*spaces, found[1]]), number


def check(root):
    places = collections.defaultdict(list)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            for name, number in types_in(path.read_text(encoding="utf-8")):
                places[name].append(f"{path.relative_to(root).as_posix()}:{number}")
    return [f"{name} is defined in {' and '.join(found)}"
            for name, found in places.items() if len(found) > 1], len(places)


def self_test():
    named = "namespace ocimux {\n%s\n}  // namespace ocimux\n"
    unnamed = named % "namespace {\n%s\n}  // namespace"
    for texts, wanted in (
            ((named % "struct A {\n};", unnamed % "struct A {\n};"), 0),
            ((unnamed % "class A {\n};", unnamed % "class A {\n};"), 0),
            ((named % "class A;", named % "class A final {\n};"), 0),
            ((named % "struct A {\n  struct B {\n  };\n};", named % "struct B {};"), 0),
            ((named % "struct A {\n};", named % "struct A {\n};"), 1),
            ((named % "class A final : public B {\n};", named % "struct A {};"), 1),
            ((unnamed % "struct B {};\n" + named % "enum class A { a };", named % "struct A {};"), 1)):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "src").mkdir()
            for number, text in enumerate(texts):
                (root / f"src/{number}.cpp").write_text(text, encoding="utf-8")
            complaints, _ = check(root)
        assert len(complaints) == wanted, (texts, complaints)
    print("the check passes what is allowed and fails what is not")


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    complaints, count = check(pathlib.Path(arguments[0]))
    for complaint in complaints:
        print(complaint)
    print(f"{count} types, {len(complaints)} complaints")
    return 1 if complaints or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
