#!/bin/bash
# inspect shows what is in a layout and in an archive: a table for people, the
# very bytes for programs.
source "$(dirname "$0")/lib.sh"
need jq
digest=$(merge_velero layout)
equal "the archive has the same index" "$digest" "$(merge_velero image.tar)"

for image in layout:main image.tar:main "layout@$digest" oci:layout:main oci-archive:image.tar:main; do
  "$OCIMUX" inspect --raw "$image" >raw
  same_file "inspect --raw $image" "$(blob layout "$digest")" raw
done

manifest=$(manifest_digest layout main linux/arm64)
"$OCIMUX" inspect --platform linux/arm64 --raw layout:main >raw
same_file "inspect --platform --raw" "$(blob layout "$manifest")" raw
"$OCIMUX" inspect --platform linux/aarch64 --config image.tar:main >config
same_file "inspect --config" "$(blob layout "$(jq -r .config.digest raw)")" config

for image in layout image.tar; do
  table=$("$OCIMUX" inspect "$image:main")
  for expected in linux/amd64 linux/arm64 windows/amd64 10.0.20348 "${manifest:7:12}"; do
    contains "the table of $image" "${expected//./\\.}" "$table"
  done
  "$OCIMUX" inspect --json "$image:main" >json
  jq -e . json >/dev/null || fail "inspect --json $image prints no JSON"
  contains "the JSON of $image" "$manifest" "$(cat json)"
done

refused 4 'no-such-tag' "$OCIMUX" inspect layout:no-such-tag
refused 4 's390x' "$OCIMUX" inspect --platform linux/s390x layout:main
