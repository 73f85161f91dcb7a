#!/bin/bash
# The power goes behind any step of a command: whichever of the unsynced changes the disk then has, the
# output is as it was or as it is to be, and once the command has ended, as it is to be.
source "$(dirname "$0")/lib.sh"
export_faults_library
export_faults_registry
if [ "${FAULTS_LONG:-0}" = 1 ]; then long=(--random 200 --next-runs 50 --kill-every 1); else long=(); fi
python3 "$E2E/faults/power.py" "${long[@]}" >&2 || fail "see above"
