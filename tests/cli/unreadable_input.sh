#!/bin/bash
# What may not be read, and a place that may not be written, are told with exit status 5.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || skip "needs another user's file"
need setpriv
rootfs app-linux-amd64.tar
rootfs secret-linux-arm64.tar
chmod 0644 app-linux-amd64.tar
chmod 0600 secret-linux-arm64.tar
mkdir open closed
chmod 0777 open
chmod 0755 closed
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
as_nobody test -x "$OCIMUX" -a -r app-linux-amd64.tar || skip "another user cannot reach this folder"
unchanged 5 as_nobody "$OCIMUX" merge app-linux-amd64.tar secret-linux-arm64.tar -o open/out
says stderr "secret-linux-arm64.tar: opening " "Permission denied"
unchanged 5 as_nobody "$OCIMUX" merge app-linux-amd64.tar -o closed/out
unchanged 5 as_nobody "$OCIMUX" merge app-linux-amd64.tar -o closed/out.tar
unchanged 1 as_nobody "$OCIMUX" merge app-linux-amd64.tar -o open/out --digestfile closed/digest
status 0 as_nobody "$OCIMUX" merge app-linux-amd64.tar -o open/out
