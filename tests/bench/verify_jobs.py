"""Verifying layouts: beside hashing what is stored and what is unpacked, and beside tools that read
all of a layout in some other way."""
import os
import pathlib

from jobs import Job, Row, quoted, shell

HERE = pathlib.Path(__file__).resolve().parent

# Name, what its layers are, whether unpacked bytes are others than those stored.
LAYOUTS = (("none", "uncompressed layers", False),
           ("zstd", "layers in zstd, by ocimux", True),
           ("gzip", "layers in gzip, by ocimux", True),
           ("umoci", "layers in gzip, by umoci", True))


def unpack(codec, blobs):
    """Unpacking alone, by the codec's own program, one process a processor."""
    least = os.path.getsize(blobs[0]) // 100
    layers = [blob for blob in blobs if os.path.getsize(blob) > least]
    cores = len(os.sched_getaffinity(0))
    return Row(codec, f"{codec} -t", shell(f"printf '%s\\0' {quoted(*layers)} | "
                                           f"xargs -0 -P {cores} -I@ sh -c '{codec} -t <@'"),
               "unpacks only")


def verify_job(inputs, name, layers, compressed):
    layouts = ([inputs / f"verify-{name}.oci"] if name != "umoci"
               else sorted(inputs.glob("linux-*.oci")))
    blobs = sorted((blob for layout in layouts for blob in (layout / "blobs/sha256").iterdir()),
                   key=os.path.getsize, reverse=True)
    tars = sorted(inputs.glob("app-main-linux-*.tar")) if compressed else []
    skopeo = [f'skopeo --tmpdir "$TMPDIR" copy -q --all oci:{quoted(layout)}:main '
              f'"dir:$OUT-{number}"; rm -r "$OUT-{number}"'
              for number, layout in enumerate(layouts)]
    rows = [Row("python3", "SHA-256", ["python3", str(HERE / "hash_all.py"),
                                       *map(str, [*blobs, *tars])],
                "of stored and unpacked bytes" if compressed else "of the bytes"),
            Row("ocimux", "ocimux verify", ["ocimux", "verify", "-q", *map(str, layouts)])]
    if compressed:
        rows.append(unpack("zstd" if name == "zstd" else "gzip", blobs))
    rows.append(Row("skopeo", "skopeo copy to dir:", shell(*skopeo),
                    "checks digests alone; writes them"))
    return Job(f"verify-{name}", f"Verifying {layers}", [*layouts, *tars], rows)


def all_jobs(inputs):
    inputs = pathlib.Path(inputs)
    return [verify_job(inputs, *layout) for layout in LAYOUTS]


def wishes(found):
    return [(f"verify, {layers}: time to that of SHA-256",
             found.ratio((f"verify-{name}", "ocimux verify"), (f"verify-{name}", "SHA-256")),
             "<=" if name == "none" else "", 1.2) for name, layers, _ in LAYOUTS]
