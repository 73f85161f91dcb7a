#!/bin/bash
# The layer over a Windows base, record by record against the one that BuildKit's own differ wrote
# of the same build (testdata/make_windows_layer.sh).
source "$(dirname "$0")/lib.sh"
need jq
built=$TESTDATA/buildkit-0.26/windows
digest=$("$E2E/make_nanoserver.py" nanoserver ltsc2022 10.0.20348.2582)

"$OCIMUX" merge "$built/velero-windows-ltsc2022-amd64.tar.gz" --base nanoserver:ltsc2022 -t velero -o layout
sound layout
listed=windows/amd64:10.0.20348.2582
equal "two layers, the lower the base's" \
  "$(jq -r '.layers[0].digest' "$(blob nanoserver "$digest")")" \
  "$(manifest layout velero $listed | jq -r '.layers[:-1][].digest')"
equal "the base's user" ContainerUser "$(config layout velero $listed | jq -r .config.User)"
found=$(manifest layout velero $listed | jq -r '.layers[-1].digest')
"$E2E/compare_windows_layers.py" "$built/layer.tar.gz" "$(blob layout "$found")" ||
  fail "BuildKit writes another layer"
