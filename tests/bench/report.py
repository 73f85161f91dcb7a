"""Results as Markdown: a table a job, the bounds, and what the ratios were meant to be."""
import operator

import push_report
import verify_jobs


def table(head, rows):
    """Aligned, so that it can be read as text, too; the first column to the left, numbers right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    left = {0, len(head) - 1}

    def line(cells):
        padded = [cell.ljust(width) if column in left else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(cells, widths))]
        return "| " + " | ".join(padded) + " |"
    rule = ["-" * width if column in left else "-" * (width - 1) + ":"
            for column, width in enumerate(widths)]
    return [line(head), line(rule), *map(line, rows), ""]


def seconds(value):
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def mebibytes(value):
    return f"{value / 2**20:.0f} MiB"


def megabytes(value):
    return f"{value / 1e6:.1f} MB" if value else "-"


def job_table(job):
    first = job["rows"][0]
    rows = []
    for row in job["rows"]:
        if row["missing"]:
            why = ("FAILED: " if row["failed"] else "not run: ") + row["missing"].replace("|", "/")
            rows.append([row["label"], "-", "-", "-", "-", "-", why])
            continue
        ratio = f"{row['wall'] / first['wall']:.2f}" if "wall" in first else "-"
        notes = [f"{row['requests']} requests"] if row.get("requests") else []
        notes += [row["note"]] if row["note"] else []
        rows.append([row["label"], seconds(row["wall"]), ratio, seconds(row["cpu"]),
                     megabytes(row["bytes"]), mebibytes(row["memory"]), "; ".join(notes)])
    head = ["tool", "wall s", f"x {first['label']}", "CPU s", "bytes out", "peak memory", "note"]
    return [f"### {job['title']}", "", *table(head, rows), *disturbance(job)]


def disturbance(job):
    """The kernel's own threads, which write things back, take a little in any case."""
    if job["others"] < 0.15:
        return []
    return [f"Not to be trusted: the rest of the machine had {job['others']:.1f} processors "
            "meanwhile.", ""]


def bounds_of(parts, cores):
    """Seconds: codec and hashes, when one processor works and when all do; with reading and
    writing; or the disk's, which works beside."""
    least = (parts["compress"] + parts["hash_in"] + parts["hash_out"]) / cores
    all_of_it = least + (parts["read"] + parts["write"]) / cores
    return parts["alone"] / cores, least, all_of_it, max(all_of_it, parts["durable"])


PARTS = ("compress", "hash_in", "hash_out", "read", "write")


def bound_table(results):
    cores = results["machine"]["cores"]
    rows = []
    for job in results["jobs"]:
        for row in job["rows"]:
            if "bound" not in row:
                continue
            bounds = bounds_of(row["bound"], cores)
            cells = [cell for bound in bounds
                     for cell in (seconds(bound), f"{row['wall'] / bound:.2f}")]
            parts = ", ".join(f"{name.replace('_', ' ')} {seconds(row['bound'][name])}"
                              for name in PARTS if row["bound"][name])
            rows.append([f"{job['name']}: {row['label']}", seconds(row["wall"]), *cells, parts])
    if not rows:
        return []
    head = ["run", "wall s", "codec + hashes, alone s", "x", "all cores at it s", "x",
            "+ read, write s", "x", "or one writer s", "x", "CPU s of the parts"]
    return ["### How near to the bound", "",
            f"Each part by itself, their sum divided by {cores} cores; `x` is the whole run over "
            "it. Alone: measured with one core at work; cores that share caches and memory are "
            "slower when all of them work, which is what the rest is measured with. One writer: a "
            "thread that does nothing but write the same bytes and wait until they are on the "
            "disk, where that takes longer. Below 1 it is the machine that was slower for the "
            "parts than for the whole.", "", *table(head, rows)]


class Found:
    """Rows by job and label; asking for one that was not measured gives None."""

    def __init__(self, results):
        self.rows = {(job["name"], row["label"]): row for job in results["jobs"]
                     for row in job["rows"] if not row["missing"]}

    def ratio(self, of, to, what="wall"):
        if of in self.rows and to in self.rows and self.rows[to][what]:
            return self.rows[of][what] / self.rows[to][what]
        return None

    def dense(self):
        """The level of gzip whose bytes are nearest to umoci's, and no more."""
        limit = self.rows.get(("gzip", "umoci"), {}).get("bytes", 0)
        fitting = [key for key, row in self.rows.items()
                   if key[0] == "gzip" and row["tool"] == "ocimux" and row["bytes"] <= limit]
        return max(fitting, key=lambda key: (self.rows[key]["bytes"], -self.rows[key]["wall"]),
                   default=("gzip", "none as dense"))

    def bound(self, key, cores, which):
        row = self.rows.get(key, {})
        return row["wall"] / bounds_of(row["bound"], cores)[which] if "bound" in row else None


def wishes(results):
    """What is wanted, what was found, whether at least or at most that."""
    found = Found(results)
    fast, usual, dense = ("gzip", "ocimux gzip:1"), ("gzip", "ocimux gzip"), found.dense()
    peer, buildah = ("gzip", "umoci"), ("gzip", "buildah")
    zstd, zstd_peer = ("zstd", "ocimux zstd"), ("zstd", "umoci (gzip)")
    copied, layouts = ("copy", "ocimux, archives"), ("copy", "ocimux, layouts")
    cp, skopeo = ("copy", "cp; sync"), ("copy", "skopeo, archives")
    few, many = ("many-25", "ocimux"), ("many-200", "ocimux")
    cores = results["machine"]["cores"]
    inspected = found.rows.get(("inspect", "ocimux inspect"), {})
    return [
        ("gzip:1: times as fast as umoci", found.ratio(peer, fast), ">=", 3.5),
        ("gzip:1: bytes to umoci's", found.ratio(fast, peer, "bytes"), "<=", 1.09),
        (f"{dense[1]}, no more bytes than umoci: times as fast", found.ratio(peer, dense),
         ">=", 1.5),
        ("gzip: times as fast as buildah", found.ratio(buildah, usual), ">=", 10),
        ("zstd: times as fast as umoci", found.ratio(zstd_peer, zstd), ">=", 2.5),
        ("zstd: bytes to umoci's", found.ratio(zstd, zstd_peer, "bytes"), "<=", 0.91),
        ("archives: time to that of cp and sync", found.ratio(copied, cp), "<=", 1.3),
        ("archives: times as fast as skopeo", found.ratio(skopeo, copied), ">=", 4),
        ("layouts: time to that of archives", found.ratio(layouts, copied), "<", 1),
        ("gzip: time to that of codec and hashes", found.bound(usual, cores, 1), "<=", 1.25),
        ("gzip:1: the same", found.bound(fast, cores, 1), "<=", 1.25),
        ("zstd: the same", found.bound(zstd, cores, 1), "<=", 1.25),
        ("archives: time to that of hashes", found.bound(copied, cores, 1), "", 0),
        ("archives: with reading, writing, the disk", found.bound(copied, cores, 3), "<=", 1.25),
        ("inspect: CPU seconds", inspected.get("cpu"), "<=", 0.1),
        ("200 images to 25: time", found.ratio(many, few), "", 0),
        ("200 images to 25: unique bytes", found.ratio(many, few, "bytes"), "", 0),
        *verify_jobs.wishes(found),
        *push_report.wishes(found),
    ]


SENSES = {"": lambda *_: True, ">=": operator.ge, "<=": operator.le, "<": operator.lt}


def wish_table(results):
    rows = []
    for text, value, sense, limit in wishes(results):
        if value is None:
            continue
        is_met = SENSES[sense](value, limit)
        met = ("yes" if is_met else "NO") if sense else ""
        rows.append([text, f"{value:.2f}", f"{sense} {limit}" if sense else "-", met])
    if not rows:
        return []
    disturbed = [job["name"] for job in results["jobs"] if disturbance(job)]
    warning = [f"Not to be trusted, for the machine was busy: {', '.join(disturbed)}.", ""]
    return ["### What is wanted", "", *table(["ratio", "found", "wanted", "met"], rows),
            *(warning if disturbed else [])]


def markdown(results):
    about = results["machine"]
    lines = [f"{about['cores']} cores ({about['processor']}), Linux {about['kernel']}; medians "
             f"(runs: {results['runs']}), all tools in turn; inputs in the page cache.",
             "; ".join(about["tools"]) + ".", "",
             "CPU is user and system time of all processes. Memory is the most that one of them "
             "had in any run, not the sum of those that ran at once. ocimux waits until its "
             "output is on the disk; of the others only `cp; sync` does. Pushes go over loopback to "
            "a registry that works on the same cores; bytes out are what it keeps then.", ""]
    for job in results["jobs"]:
        lines += job_table(job)
    return "\n".join([*lines, *bound_table(results), *wish_table(results)])
