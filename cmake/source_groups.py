#!/usr/bin/env python3
"""Sorts sources into groups that can be compiled as one source each.

usage: source_groups.py SOURCE...      prints a line a source: the number of its group, a space, its path

Most of the time that a source takes goes into the headers it includes, and sources of one directory
include the same ones. What keeps them from being one is a name that two of them define in their unnamed
namespaces: those come into different groups. cmake builds so with OCIMUX_UNITY, scripts/tidy.py checks so.
"""
import pathlib
import re
import sys

MOST = 14  # sources a group: more take more memory, and leave a core without work at the end
# What a source names at the outermost level: functions, types, constants, aliases. The format is
# clang-format's, so that a definition begins in the first column.
NAMES = re.compile(
    r"^(?:(?:class|struct|enum class) (?P<type>\w+)|(?:using|namespace) (?P<alias>\w+) =|"
    r"(?!using |namespace |template|return |class |struct |enum )"
    r"[a-zA-Z][\w:<>,&*\[\]() ]*?[ &*](?P<name>\w+)(?:\(|\{| =\s|\[|;))", re.MULTILINE)


def names_in(source):
    text = pathlib.Path(source).read_text(encoding="utf-8")
    return {name for match in NAMES.finditer(text) for name in match.groups() if name}


def grouped(sources, most=MOST):
    """Lists of sources: of one directory, and with names that do not meet."""
    groups = []
    for source in sources:
        names, folder = names_in(source), pathlib.Path(source).parent
        for group in groups:
            if group["folder"] == folder and len(group["sources"]) < most \
                    and not names & group["names"]:
                break
        else:
            group = {"folder": folder, "sources": [], "names": set()}
            groups.append(group)
        group["sources"].append(source)
        group["names"] |= names
    return [group["sources"] for group in groups]


if __name__ == "__main__":
    for number, group in enumerate(grouped(sys.argv[1:])):
        for path in group:
            print(number, path)
