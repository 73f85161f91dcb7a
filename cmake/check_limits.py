"""Fails where a limit in docs/security.md is not the one in the code.

usage: check_limits.py ROOT         hold the table "Limits" against the sources below ROOT
       check_limits.py --self-test  prove that the check can fail

The last cell of a row says where its limits stand: `file`: `constant = value`, `constant = value`; ...
"""

import pathlib
import re
import sys
import tempfile

PLACE = re.compile(r"`([\w/]+\.[ch]pp)`: ((?:`\w+ = [^`]+`(?:, )?)+)")
LIMIT = re.compile(r"`(\w+) = ([^`]+)`")
LEAST_ROWS = 30


def value(text):
    """What an expression of the table or of C++ comes to; None for none."""
    text = re.sub(r"\b(?:std::)?\w+\{(\d[\d']*)\}", r"\1", text).replace("'", "")
    text = re.sub(r"(?<=\d)[UuLl]+\b", "", text).strip()
    return eval(text) if re.fullmatch(r"\d+(?:\s*(?:<<|\*)\s*\d+)*", text) else None


def values_in(source, name):
    """What constants of that name in a source come to."""
    found = re.findall(r"constexpr [^;=(]*\b" + name + r"\s*(?:=\s*([^;]+)|\{([^;]+)\});", source)
    return [value(assigned or braced) for assigned, braced in found]


def limits_table(document):
    rows = document.partition("\n## Limits\n")[2].partition("\n## ")[0].splitlines()
    return [row for row in rows if row.startswith("| ") and not row.startswith("| what |")]


def check(root):
    """All complaints, and how many limits were held against the code."""
    complaints, limits = [], 0
    rows = limits_table((root / "docs/security.md").read_text(encoding="utf-8"))
    for row in rows:
        cells = row.strip("| ").split(" | ")
        places = PLACE.findall(cells[-1])
        if cells[-1].count("`") != 2 * sum(1 + len(LIMIT.findall(names)) for _, names in places):
            complaints.append(f"'{cells[0]}': a place that cannot be read: {cells[-1]}")
        for file, names in places:
            path = root / file
            source = path.read_text(encoding="utf-8") if path.exists() else ""
            for name, expected in LIMIT.findall(names):
                limits += 1
                found = values_in(source, name)
                if found != [value(expected)] or found == [None]:
                    complaints.append(f"'{cells[0]}': expected {name} = {expected} in {file}, "
                                      f"found {found}")
    return complaints, limits


def self_test():
    table = "# x\n\n## Limits\n\n| what | limit | why | where |\n|---|---|---|---|\n| a | 4 | | %s |\n"
    source = "constexpr std::int64_t most = std::int64_t{4} << 20U;\nconstexpr int least{1'000};\n"
    for place, complaints in (("`src/a.cpp`: `most = 4 << 20`, `least = 1000`", 0), ("", 0),
                              ("`src/a.cpp`: `most = 4194304`", 0), ("`src/a.cpp`: `most = 4 << 21`", 1),
                              ("`src/a.cpp`: `other = 4`", 1), ("`src/b.cpp`: `most = 4 << 20`", 1),
                              ("`src/a.cpp` `most = 4 << 20`", 1)):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in (("docs/security.md", table % place), ("src/a.cpp", source)):
                (root / path).parent.mkdir(exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            found, _ = check(root)
            assert len(found) == complaints, (place, found)
    print("the check of limits passes what is true and fails what is not")


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    complaints, limits = check(pathlib.Path(arguments[0]))
    for complaint in complaints:
        print(complaint)
    print(f"{limits} limits, {len(complaints)} complaints")
    return 1 if complaints or limits < LEAST_ROWS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
