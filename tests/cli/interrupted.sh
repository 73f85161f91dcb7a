#!/bin/bash
# SIGINT and SIGTERM: exit status 130 and no trace, for a new layout, one that is there, an
# archive, and while an input is unpacked.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
export TMPDIR=$BUILD/tmp
mkdir tmp
large big-linux-amd64.tar 48
rootfs app-linux-arm64.tar
zstd -q -1 big-linux-amd64.tar -o packed-linux-s390x.tar.zst
"$OCIMUX" merge -q app-linux-arm64.tar -t first -o there > /dev/null
snapshot > .before
for signal in INT TERM; do
  for output in new/layout there new.tar; do
    for event in unpacking 'linux/s390x packed' 'linux/amd64 big'; do
      : > stderr
      # Job control gives the background process its SIGINT back.
      set -m
      "$OCIMUX" merge -j 1 --progress json --compression gzip:9 big-linux-amd64.tar \
        packed-linux-s390x.tar.zst -t big -o $output > stdout 2> stderr &
      set +m
      until grep -q "$event" stderr; do
        kill -0 $! 2>/dev/null || fail "$output: ended before '$event': $(cat stderr)"
        sleep 0.01
      done
      kill -s $signal $!
      code=0; wait $! || code=$?
      [ $code = 130 ] || fail "$signal, $output, $event: expected exit status 130, found $code: $(cat stderr)"
      snapshot | diff .before - >&2 || fail "$signal, $output, $event: expected no trace"
    done
  done
done

# While it waits for another process to be done with a layout or an archive.
"$OCIMUX" merge -q app-linux-arm64.tar -t first -o there.tar > /dev/null
snapshot > .before
waits() { # file: whether the last command has it open
  local open
  for open in /proc/$!/fd/*; do
    [ "$(readlink "$open")" != "$PWD/$1" ] || return 0
  done
  return 1
}
for place in there there.tar; do
  exec 9< $place
  flock 9
  for arguments in "tag $place:first second" "rm $place:first" "gc $place" \
    "merge big-linux-amd64.tar -t big -o $place"; do
    case $arguments in merge*there.tar) continue ;; esac  # into an archive nothing is merged
    set -m
    # shellcheck disable=SC2086
    "$OCIMUX" -q $arguments > stdout 2> stderr 9<&- &
    set +m
    until waits $place; do
      kill -0 $! 2>/dev/null || fail "$arguments: ended before it waited: $(cat stderr)"
      sleep 0.01
    done
    kill -s INT $!
    code=0; wait $! || code=$?
    [ $code = 130 ] || fail "$arguments: expected exit status 130, found $code: $(cat stderr)"
    snapshot | diff .before - >&2 || fail "$arguments: expected no trace"
  done
  exec 9<&-
done
