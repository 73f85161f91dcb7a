"""What is compared: for each job the command lines of ocimux and of its peers.

Every command does the job once, from the inputs into $OUT, which is not there before. Commands of
several steps are lines of bash, and stop at the first that fails.
"""
import dataclasses
import pathlib
import re
import shlex
import subprocess


@dataclasses.dataclass
class Row:
    tool: str                 # the program that has to be installed
    label: str
    command: list = ()
    note: str = ""            # what is different about the work or the result
    left_out: str = ""        # why it is not run at all
    bound: tuple = ()         # compression, files: what ocimux_bound is given
    before: list = ()         # what has to be done before, with the same servers
    servers: object = None    # servers.registry, or nothing: it need not talk to anybody


@dataclasses.dataclass
class Job:
    name: str
    title: str
    inputs: list
    rows: list                # the first is what the others are compared with
    least_requests: int = 0   # that the job takes; 0: nobody is asked

    @property
    def kind(self):
        """What it is asked for as: many-25 is one of many, verify-zstd one of verify."""
        return re.sub(r"-[0-9]+$|(?<=^verify)-.*", "", self.name)


def shell(*lines):
    return ["bash", "-euc", "\n".join(lines)]


def quoted(*words):
    return shlex.join(str(word) for word in words)


def merge(label, inputs, *options, tag="app/app:main", **more):
    return Row("ocimux", label, shell(f'exec ocimux merge -q -t {tag} -o "$OUT" ' +
                                      quoted(*options, *inputs)), **more)


def platform_of(path):
    """os, architecture: of a root filesystem's name, as make_inputs.sh gives it."""
    parts = path.stem.split("-")
    return parts[2], parts[-1]


def umoci(tars):
    lines = ['umoci init --layout "$OUT"']
    for tar in tars:
        name = "-".join(platform_of(tar))
        lines += [f'umoci new --image "$OUT:{name}"',
                  f'umoci raw add-layer --image "$OUT:{name}" {quoted(tar)}']
    return Row("umoci", "umoci", shell(*lines), "an image each, without platforms or index")


BUILDAH = ('buildah() { command buildah --root "$TMPDIR/buildah" --runroot "$TMPDIR/buildah-run" '
           '--storage-driver vfs "$@"; }')


def buildah(tars):
    lines = [BUILDAH, "buildah manifest create app"]
    for tar in tars:
        system, arch = platform_of(tar)
        lines += [f"made=$(buildah from --os {system} --arch {arch} scratch)",
                  f'buildah add "$made" {quoted(tar)} /',
                  f'buildah config --os {system} --arch {arch} "$made"',
                  f'buildah commit --rm "$made" {system}-{arch}',
                  f"buildah manifest add app containers-storage:localhost/{system}-{arch}"]
    lines += ['buildah manifest push --all app "oci:$OUT:main"']
    return Row("buildah", "buildah", shell(*lines),
               "unpacks into its storage (vfs); makes an index")


def crane(tars):
    lines = ['mkdir "$OUT"']
    for tar in tars:
        name = "-".join(platform_of(tar))
        lines += [f'crane append --oci-empty-base --new_layer {quoted(tar)} --new_tag app:{name} '
                  f'--output "$OUT/{name}.tar"']
    return Row("crane", "crane append", shell(*lines),
               "writes docker archives, without platforms or index")


def rootfs_rows(compressions, tars):
    return [merge(f"ocimux {how}", tars, "--compression", how, bound=(how, tars))
            for how in compressions]


def copy_with_cp(files):
    return Row("cp", "cp; sync", shell('mkdir "$OUT"', f'cp {quoted(*files)} "$OUT"; sync'),
               "files as they are; sync flushes all of the machine")


def skopeo(transport, label, inputs):
    lines = [f'skopeo --tmpdir "$TMPDIR" copy -q {transport}:{quoted(path)}:main '
             f'"oci:$OUT:image-{number}"' for number, path in enumerate(inputs)]
    return Row("skopeo", label, shell(*lines), "an image each, no index")


def regctl(label, command, inputs):
    lines = [command.format(path=quoted(path), to=f'"ocidir://$OUT:image-{number}"')
             for number, path in enumerate(inputs)]
    return Row("regctl", label, shell(*lines), "an image each, no index")


def buildah_archives(archives):
    lines = [BUILDAH, "buildah manifest create app"]
    lines += [f"buildah manifest add app oci-archive:{quoted(path)}:main" for path in archives]
    lines += ['buildah manifest push --all app "oci:$OUT:main"']
    return Row("buildah", "buildah manifest", shell(*lines), "makes an index")


def gzip_job(inputs):
    tars = sorted(inputs.glob("app-main-*.tar"))
    ours = rootfs_rows(["gzip", "gzip:1", "gzip:3", "gzip:4", "gzip:5", "gzip:6"], tars)
    return Job("gzip", "Root filesystem tars to gzip", tars,
               [*ours, umoci(tars), crane(tars), buildah(tars)])


def zstd_job(inputs):
    tars = sorted(inputs.glob("app-main-*.tar"))
    return Job("zstd", "Root filesystem tars to zstd", tars,
               [*rootfs_rows(["zstd", "zstd:1", "zstd:9"], tars),
                dataclasses.replace(umoci(tars), label="umoci (gzip)")])


def copy_job(inputs):
    archives = sorted(inputs.glob("linux-*.oci.tar"))
    layouts = sorted(inputs.glob("linux-*.oci"))
    rows = [merge("ocimux, archives", archives, bound=("none", archives)),
            merge("ocimux, layouts", layouts)]
    rows += [merge(row.label + ", no sync", given, "--no-sync")
             for row, given in zip(rows, (archives, layouts))]
    help_text = subprocess.run(["ocimux", "merge", "--help"], capture_output=True, text=True).stdout
    if "--no-sync" not in help_text:
        for row in rows[2:]:
            row.left_out = "this ocimux has no --no-sync"
    return Job("copy", "Archives that are compressed already", [*archives, *layouts],
               [*rows, copy_with_cp(archives),
                skopeo("oci-archive", "skopeo, archives", archives),
                skopeo("oci", "skopeo, layouts", layouts),
                regctl("regctl image import", "regctl image import {to} {path}", archives),
                regctl("regctl image copy, layouts", "regctl image copy ocidir://{path}:main {to}",
                       layouts),
                buildah_archives(archives)])


def many_jobs(inputs):
    images = sorted((inputs / "many").glob("*.tar"))
    for count in (25, 50, 100, 200):
        if count <= len(images):
            some = images[:count]
            # What is written is what has to be hashed: layers that are shared, once.
            yield Job(f"many-{count}", f"{count} small images that share layers", some,
                      [merge("ocimux", some, bound=("none", ["$OUT"])), copy_with_cp(some),
                       skopeo("oci-archive", "skopeo", some)])


def inspect_job(inputs):
    archive = inputs / "huge.oci.tar"
    title = f"Looking into an archive of {archive.stat().st_size // 10**9} GB"
    return Job("inspect", title, [],
               [Row("ocimux", "ocimux inspect", ["ocimux", "inspect", str(archive)]),
                Row("tar", "tar -t", ["tar", "-tf", str(archive)], "names only"),
                Row("skopeo", "skopeo inspect", left_out="unpacks all of the archive first")])


def all_jobs(inputs):
    inputs = pathlib.Path(inputs)
    return [gzip_job(inputs), zstd_job(inputs), copy_job(inputs), *many_jobs(inputs),
            inspect_job(inputs)]
