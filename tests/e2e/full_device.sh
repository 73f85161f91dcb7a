#!/bin/bash
# A layout or an archive that cannot be written says so, whatever the reason.
source "$(dirname "$0")/lib.sh"
velero=$(inputs velero)
amd64=$velero/velero-main-linux-amd64.tar
status=0
text=$("$OCIMUX" merge "$amd64" -t a:b -o - 2>&1 >/dev/full) || status=$?
equal "exit status when stdout is full" 1 "$status"
contains "what is said when stdout is full" '^ocimux: .*no space left' "$text"
status=0
text=$("$OCIMUX" inspect "$TESTDATA/buildkit-0.33/oci-attested.tar" 2>&1 >/dev/full) || status=$?
equal "exit status of inspect when stdout is full" 1 "$status"
: >file
refused 1,2,3 'file' "$OCIMUX" merge "$amd64" -t a:b -o file
refused 1,2,3,4 'file' "$OCIMUX" merge "$amd64" -t a:b -o file/layout
refused 1,2,3,4 'file' "$OCIMUX" merge "$amd64" -t a:b -o file/image.tar
equal "the file that is in the way" 0 "$(stat -c %s file)"
