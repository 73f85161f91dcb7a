#!/usr/bin/env python3
"""Sorts sources into groups that can be compiled as one source each.

usage: source_groups.py SOURCE...      prints a line a source: the number of its group, a space, its path

Most of the time that a source takes goes into the headers it includes, and sources of one directory
include the same ones. What keeps them from being one is a name that two of them define in their unnamed
namespaces: those come into different groups. So do a source that has a constant or an alias, or brings in a
name by a using declaration, and one that uses that name for something of its own. cmake builds so with
OCIMUX_GROUPED, scripts/tidy.py checks so.
"""
import pathlib
import re
import sys

MOST = 14  # sources a group: more take more memory, and leave a core without work at the end
# What a source names at the outermost level: functions, types, constants, aliases. The format is
# clang-format's, so that a definition begins in the first column.
NAMES = re.compile(
    r"^(?:(?:class|struct|enum class) (?P<type>\w+)|using (?P<alias>\w+) =|"
    r"(?!using |namespace |template|return |class |struct |enum )"
    r"[a-zA-Z][\w:<>,&*\[\]() ]*?[ &*](?:(?P<function>\w+)\(|(?P<value>\w+)(?:\{| =\s|\[|;)))",
    re.MULTILINE)
# A name by itself: no member, none of a namespace that is named, no text.
STRINGS = re.compile(r"//.*|\"(?:[^\"\\\n]|\\.)*\"")
WORDS = re.compile(r"(?<![.:>\w])\w+")
IMPORTS = re.compile(r"^using [\w:]+::(\w+);", re.MULTILINE)
SPACES = re.compile(r"^namespace (\w+) = [\w:]+;", re.MULTILINE)


class Source:
    def __init__(self, path):
        text = pathlib.Path(path).read_text(encoding="utf-8")
        self.path = path
        self.folder = pathlib.Path(path).parent
        found = list(NAMES.finditer(text))
        self.names = {name for match in found for name in match.groups() if name}
        self.imports = set(IMPORTS.findall(text)) | set(SPACES.findall(text))
        self.words = set(WORDS.findall(STRINGS.sub("", text)))

    def goes_with(self, other):
        return (self.folder == other.folder and not self.names & other.names
                and not ((self.names | self.imports) - other.imports) & other.words
                and not ((other.names | other.imports) - self.imports) & self.words)


def grouped(sources, most=MOST):
    """Lists of sources: of one directory, and with names that do not meet."""
    groups = []
    for source in map(Source, sources):
        for group in groups:
            if len(group) < most and all(source.goes_with(member) for member in group):
                group.append(source)
                break
        else:
            groups.append([source])
    return [[member.path for member in group] for group in groups]


if __name__ == "__main__":
    for number, group in enumerate(grouped(sys.argv[1:])):
        for path in group:
            print(number, path)
