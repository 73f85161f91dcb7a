#!/bin/bash
# The same inputs give the same bytes: with one thread or more, in any order of
# arguments, from files of another age, into a layout, a file or a pipe.
source "$(dirname "$0")/lib.sh"
need jq
large=$(inputs large)
merge() { "$OCIMUX" merge "$@" -t velero/velero:main --platform-tags; }
amd64=$large/velero-main-linux-amd64.tar
arm64=$large/velero-main-linux-arm64.tar
windows=$large/velero-main-windows-ltsc2022-amd64.tar

merge -j1 "$amd64" "$arm64" "$windows" -o one >digest
merge -j2 "$windows" "$arm64" "$amd64" -o two >digest.two
same_file "digests of -j1 and -j2" digest digest.two
diff -r one two || fail "-j1 and -j2 give different layouts"
merge -j5 "$arm64" "$windows" "$amd64" -o five >/dev/null
diff -r one five || fail "-j1 and -j5 give different layouts"
rm -rf two five

# Archives, of files that are older, and at another time.
medium=$(inputs medium)
mkdir old new
cp "$medium"/velero-main-*.tar old/
cp "$medium"/velero-main-*.tar new/
touch -d '2001-02-03' old/*
merge -j1 old/*.tar -o old.tar >/dev/null
sleep 1.1
mapfile -t reversed < <(printf '%s\n' new/*.tar | tac)
merge -j2 "${reversed[@]}" -o new.tar >/dev/null
same_file "archives made at another time" old.tar new.tar
merge new/*.tar -o - >piped.tar
same_file "an archive written into a pipe" old.tar piped.tar
mkdir unpacked && tar -xf old.tar -C unpacked
merge old/*.tar -o layout >/dev/null
sound layout
equal "blobs of the archive and of the layout" "$(cd layout && find blobs -type f | sort)" "$(cd unpacked && find blobs -type f | sort)"
same_file "index.json of the archive and of the layout" layout/index.json unpacked/index.json

# SOURCE_DATE_EPOCH clamps what is later.
SOURCE_DATE_EPOCH=1000000000 merge old/*.tar -o clamped.tar >/dev/null
SOURCE_DATE_EPOCH=1000000000 merge -j1 new/*.tar -o clamped.too.tar >/dev/null
same_file "archives under SOURCE_DATE_EPOCH" clamped.tar clamped.too.tar
mkdir clamped && tar -xf clamped.tar -C clamped
sound clamped
equal "created" 2001-09-09T01:46:40Z "$(config clamped main linux/amd64 | jq -r .created)"
latest=$(tar -tv --full-time --utc -f "$(blob clamped "$(manifest clamped main linux/amd64 | jq -r '.layers[0].digest')")" -z |
  awk '{ print $4 "T" $5 "Z" }' | sort | tail -n 1)
equal "the latest time stamp in a layer" 2001-09-09T01:46:40Z "$latest"
