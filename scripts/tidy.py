#!/usr/bin/env python3
"""Runs clang-tidy over sources in groups.

usage: tidy.py BUILD PATTERN [CLANG_TIDY_OPTION...]

Nine tenths of the time of a run go into the headers that a source includes. So those of a group
(cmake/source_groups.py) are checked as one source that includes them all; a group that does not compile
for all that, source by source. Prints each finding once; exit status 1 where there is one.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cmake"))
from source_groups import grouped  # noqa: E402

TIDY = "clang-tidy-16"


def run(commands, folder, options):
    """What clang-tidy says of these; nothing where they are no one source."""
    first = commands[0]
    listed = first
    source = pathlib.Path(first["file"])
    name = f"{source.parent.name}_{source.stem}"
    if len(commands) > 1:
        together = folder / f"{name}.cpp"
        together.write_text("".join(
            f'#include "{command["file"]}"  // NOLINT(bugprone-suspicious-include)\n'
            for command in commands))
        listed = dict(first, file=str(together),
                      command=first["command"].replace(first["file"], str(together)))
    database = folder / f"{name}_{len(commands)}"
    database.mkdir(exist_ok=True)
    (database / "compile_commands.json").write_text(json.dumps([listed]))
    done = subprocess.run([TIDY, "-quiet", *options, "-p", str(database), listed["file"]],
                          capture_output=True, text=True, check=False)
    if len(commands) > 1 and "clang-diagnostic-error" in done.stdout:
        return None
    if done.returncode and not done.stdout.strip():
        return f"{listed['file']}: {TIDY} failed with {done.returncode}\n{done.stderr}"
    return done.stdout if done.returncode else ""


def findings(commands, folder, options):
    together = run(commands, folder, options)
    if together is not None:
        return [together]
    return [run([command], folder, options) for command in commands]


def main():
    build, pattern, *options = sys.argv[1:]
    build = pathlib.Path(build).resolve()
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    commands = {command["file"]: command
                for command in json.loads((build / "compile_commands.json").read_text())
                if re.search(pattern, command["file"])}
    if not commands:
        sys.exit(f"tidy: expected sources that match '{pattern}', found none")
    # Findings in sources count, though clang-tidy takes those for headers.
    config = (build.parent.parent / ".clang-tidy").read_text()
    headers = re.search(r"^HeaderFilterRegex: '(.*)'$", config, re.MULTILINE)[1]
    options.append("--header-filter=" + headers.replace(r"\.hpp$", r"\.[ch]pp$"))
    seen, status = set(), 0
    groups = sorted(grouped(sorted(commands)), key=len, reverse=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for texts in pool.map(
                lambda group: findings([commands[file] for file in group], folder, options), groups):
            for text in texts:
                for finding in re.split(r"^(?=/\S+:\d+:\d+: (?:error|warning): )", text,
                                        flags=re.MULTILINE):
                    if finding.strip() and finding not in seen:
                        seen.add(finding)
                        print(finding, end="", flush=True)
                    status = status or bool(finding.strip())
    print(f"tidy: {len(commands)} sources in {len(groups)} groups", file=sys.stderr)
    sys.exit(int(status))


if __name__ == "__main__":
    main()
