#!/usr/bin/env python3
"""Draws results.json as bars, a panel a job, with gnuplot.

usage: plot.py RESULTS.json FILE.svg
"""
import json
import subprocess
import sys

from report import seconds

ROW, HEAD, WIDTH = 22, 64, 860  # pixels


def text(value):
    return '"' + value.replace("\\", "").replace('"', "'") + '"'


def panel(job, top, height):
    """The commands for one job, between two heights of the canvas, measured from above."""
    rows = [row for row in job["rows"] if not row["missing"]]
    most = max(row["wall"] for row in rows)
    top += HEAD - 24  # of the bars: the rest of the head is below them
    upper, lower = 1 - top / height, 1 - (top + ROW * len(rows)) / height
    names = ", ".join(f"{text(row['label'])} {-place}" for place, row in enumerate(rows))
    data = [f"{row['wall']} {-place} {1 if row['tool'] == 'ocimux' else 2} "
            f'"{seconds(row["wall"])} s"' for place, row in enumerate(rows)]
    return [f"set tmargin at screen {upper:.5f}", f"set bmargin at screen {lower:.5f}",
            f"set title {text(job['title'] + ': seconds of the clock')} offset 0,-0.4",
            f"set xrange [0:{most * 1.15}]", f"set yrange [{0.6 - len(rows)}:0.6]",
            f"set ytics ({names}) scale 0 textcolor 'black'",
            "$rows << end", *data, "end",
            "plot $rows using (0):2:(0):1:($2-0.36):($2+0.36):3 "
            "with boxxyerror lc variable fs solid, $rows using 1:2:4 with labels left offset 0.6,0"]


def commands(results, svg):
    jobs = [job for job in results["jobs"] if any(not row["missing"] for row in job["rows"])]
    heights = [HEAD + ROW * sum(not row["missing"] for row in job["rows"]) for job in jobs]
    height = sum(heights) + 16
    lines = [f"set terminal svg size {WIDTH},{height} font 'sans-serif,13' background 'white'",
             f"set output {text(svg)}", "set encoding utf8", "unset key", "unset xtics",
             "set border 2 lc 'gray'", "set termoption noenhanced",
             "set lmargin at screen 0.30", "set rmargin at screen 0.96",
             "set linetype 1 lc rgb '#1f6fb4'", "set linetype 2 lc rgb '#b5b5b5'", "set multiplot"]
    for place, job in enumerate(jobs):
        lines += panel(job, sum(heights[:place]), height)
    return "\n".join([*lines, "unset multiplot", ""])


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        results = json.load(file)
    return subprocess.run(["gnuplot"], input=commands(results, arguments[1]), text=True).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
