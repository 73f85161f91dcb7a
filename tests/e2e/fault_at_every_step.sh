#!/bin/bash
# EIO, EACCES and ENOSPC at each step of a command: a clear error, the output as it was, nothing left.
source "$(dirname "$0")/lib.sh"
export_faults_library
export_faults_registry
if [ "${FAULTS_LONG:-0}" = 1 ]; then every=1; else every=67; fi
python3 "$E2E/faults/fail.py" --every $every >&2 || fail "see above"
