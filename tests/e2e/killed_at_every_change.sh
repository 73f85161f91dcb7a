#!/bin/bash
# kill -9 at each change that a command makes to the disk: the output is as it was or as it is to be,
# sound either way, and the next run clears away what is left. FAULTS_LONG=1: every one of them.
source "$(dirname "$0")/lib.sh"
export_faults_library
export_faults_registry
if [ "${FAULTS_LONG:-0}" = 1 ]; then every=1; else every=7; fi
python3 "$E2E/faults/kill.py" --every $every >&2 || fail "see above"
