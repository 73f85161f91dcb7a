# shellcheck shell=bash
# What the tests of the built program share: each of them sources this file first. A test works
# in an empty folder of its own; exit status 0 means passed, 77 skipped, anything else failed.
set -euo pipefail
shopt -s inherit_errexit

unset SOURCE_DATE_EPOCH NO_COLOR
export LC_ALL=C TZ=UTC TERM=xterm

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
skip() { printf 'SKIPPED: %s\n' "$*" >&2; exit 77; }
need() { command -v "$1" >/dev/null || skip "$1 is not installed"; }

# rootfs NAME [CONTENT]: a root filesystem tar with one program.
rootfs() {
  local root
  root=$(mktemp -d "$BUILD/root.XXXXXX")
  mkdir "$root/bin"
  printf '%s\n' "${2:-program}" > "$root/bin/app"
  tar --force-local --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner -C "$root" -cf "$1" bin
  rm -r "$root"
}

# large NAME MEGABYTES: a root filesystem tar that takes a while.
large() {
  local root
  root=$(mktemp -d "$BUILD/root.XXXXXX")
  openssl enc -aes-128-ctr -nosalt -K 00000000000000000000000000000000 \
    -iv 00000000000000000000000000000000 -in /dev/zero 2>/dev/null |
    head -c "$2"M > "$root/data" || true
  tar --mtime=@1700000000 --owner=0 --group=0 --numeric-owner -C "$root" -cf "$1" data
  rm -r "$root"
}

# status EXPECTED COMMAND...: runs it with its output in ./stdout and ./stderr.
status() {
  local expected=$1 found=0
  shift
  "$@" >stdout 2>stderr || found=$?
  [ "$found" = "$expected" ] ||
    fail "$*: expected exit status $expected, found $found: $(cat stderr)"
}

# says FILE TEXT...: each text stands in the file.
says() {
  local file=$1 text
  shift
  for text; do
    grep -qF -- "$text" "$file" || fail "expected '$text' in $file, found: $(cat "$file")"
  done
}

# Everything there is, hidden names and contents included.
snapshot() {
  find . -mindepth 1 ! -path ./stdout ! -path ./stderr ! -path './.before' -printf '%P %y %s\n' | sort
  find . -type f ! -path ./stdout ! -path ./stderr ! -path './.before' -exec sha256sum {} + | sort
}

# unchanged EXPECTED COMMAND...: status(), and the command leaves no trace.
unchanged() {
  snapshot > .before
  status "$@"
  snapshot | diff .before - >&2 || fail "${*:2}: expected no trace, found the changes above"
  rm .before
}
