#!/bin/bash
# Eight processes at a time merge into, edit and collect garbage in one layout: nothing is lost of what
# said that it succeeded, also where some of them are killed.
source "$(dirname "$0")/lib.sh"
export_faults_library
if [ "${FAULTS_LONG:-0}" = 1 ]; then rounds=100; else rounds=4; fi
python3 "$E2E/faults/writers.py" --rounds $rounds >&2 || fail "see above"
python3 "$E2E/faults/writers.py" --rounds $rounds --kill >&2 || fail "see above"
