#!/bin/bash
# Edits print OLD -> NEW and nothing else on standard output, write nothing on a dry run or a refusal,
# and leave a layout (or archive) as merge would have made it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
for architecture in amd64 arm64 s390x; do rootfs app-linux-$architecture.tar $architecture; done
rootfs other-linux-s390x.tar other
"$OCIMUX" merge -q app-linux-*.tar -t demo:1 -o all --digestfile all.digest >/dev/null
for place in layout layout.tar; do
  "$OCIMUX" merge -q app-linux-a*.tar -t demo:1 -o $place --digestfile old >/dev/null
  unchanged 0 "$OCIMUX" add $place app-linux-s390x.tar --dry-run
  says stdout "linux/s390x"
  status 0 "$OCIMUX" add $place app-linux-s390x.tar --digestfile new
  [ "$(cat stdout)" = "$(cat old) -> $(cat all.digest)" ] || fail "add printed: $(cat stdout)"
  cmp new all.digest
  says stderr "docker.io/library/demo:1: changed: " "added linux/s390x sha256:"
  for replace in "" --replace; do
    # shellcheck disable=SC2086  # none where there is no such option
    unchanged 0 "$OCIMUX" add $place app-linux-s390x.tar $replace
    [ "$(cat stdout)" = "$(cat new) -> $(cat new)" ] || fail "add of what is there printed: $(cat stdout)"
    says stderr "docker.io/library/demo:1: stays " "  stays linux/s390x sha256:" "  0 blobs"
  done
  unchanged 3 "$OCIMUX" add $place other-linux-s390x.tar
  says stderr "linux/s390x: expected no image in the index yet, found sha256:" "hint: --replace"
  unchanged 4 "$OCIMUX" add $place:nope app-linux-s390x.tar
  says stderr "hint: ocimux merge"

  unchanged 0 "$OCIMUX" annotate $place:1 linux/arm64 --variant v9 --dry-run
  says stdout "$(cat new) -> sha256:"
  status 0 "$OCIMUX" annotate -q $place:1 linux/arm64 --variant v9 --annotation org.example.board=rpi
  [ ! -s stderr ] || fail "annotate -q said: $(cat stderr)"
  says stdout "$(cat new) -> sha256:"
  status 0 "$OCIMUX" inspect $place --json
  says stdout '"variant": "v9"' '"org.example.board": "rpi"'
  unchanged 3 "$OCIMUX" annotate $place:1 linux/arm64 --os windows
  says stderr "found windows/arm64/v9 (the command line) and linux/arm64 (its config)" "hint: --allow-mismatch"
  unchanged 2 "$OCIMUX" annotate $place:1 --arch s390x
  says stderr "found none and images for linux/amd64, linux/arm64/v9, linux/s390x"
  unchanged 2 "$OCIMUX" annotate $place:1
  unchanged 2 "$OCIMUX" annotate $place:1 linux/arm64 --os-version windows
  status 0 "$OCIMUX" annotate $place:1 linux/arm64 --variant '' --remove-annotation org.example.board
  says stdout "-> $(cat all.digest)"
  status 0 "$OCIMUX" annotate $place:1 linux/arm64 --annotation org.example.board=
  [ "$(cat stdout)" = "$(cat new) -> $(cat new)" ] || fail "no change printed: $(cat stdout)"

  status 0 "$OCIMUX" tag $place demo:2 latest
  [ "$(cat stdout)" = "$(printf 'none -> %s\nnone -> %s' "$(cat new)" "$(cat new)")" ] || fail "tag printed: $(cat stdout)"
  status 0 "$OCIMUX" rm $place:latest linux/s390x
  unchanged 1 "$OCIMUX" tag $place:latest demo:2
  says stderr "found one" "hint: --replace"
  status 0 "$OCIMUX" tag $place:latest demo:2 --replace --json
  says stdout '"before": "'"$(cat new)" '"after": "'"$(cat old)"
  status 0 "$OCIMUX" ls $place
  says stdout "docker.io/library/demo:1" "latest"
  unchanged 2 "$OCIMUX" rm $place:latest linux
  says stderr "hint: ocimux untag"
  unchanged 4 "$OCIMUX" rm $place:latest windows
  status 0 "$OCIMUX" untag $place:latest $place:2
  [ "$(cat stdout)" = "$(printf '%s -> none\n%s -> none' "$(cat old)" "$(cat old)")" ] || fail "untag printed: $(cat stdout)"
  unchanged 0 "$OCIMUX" gc $place --dry-run
  cp stdout would
  status 0 "$OCIMUX" gc $place
  cmp stdout would
  says stderr "removed " " stay"
  exec 9< $place
  flock 9
  "$OCIMUX" tag $place:1 waited 2> stderr > stdout 9<&- &
  for ((i = 0; i < 300; ++i)); do
    kill -0 $! || fail "tag ended before it was let: $(cat stderr)"
    if grep "waiting for another process" stderr > /dev/null; then break; fi
    sleep 0.1
  done
  says stderr "waiting for another process"
  exec 9<&-
  wait $! || fail "tag after it waited: $(cat stderr)"
  status 0 "$OCIMUX" untag $place:waited
done
diff -r all layout
mkdir unpacked && tar -C unpacked -xf layout.tar
diff -r all unpacked
unchanged 0 "$OCIMUX" gc layout --json
says stdout '"blobs": 0'
rm layout/blobs/sha256/"$(cut -d: -f2 all.digest)"
unchanged 4 "$OCIMUX" gc layout
says stderr "$(cat all.digest): expected this blob" "hint: nothing was removed"
unchanged 0 "$OCIMUX" ls layout
says stdout "expected this blob in layout"
