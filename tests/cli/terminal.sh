#!/bin/bash
# On a terminal: bars that are gone in the end, and colours unless NO_COLOR is set.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need script
rootfs app-linux-amd64.tar
on_terminal() { script -qec "$* > stdout" typescript > /dev/null || true; tr -d '\r' < typescript; }

on_terminal "'$OCIMUX' merge app-linux-amd64.tar -t demo -o out" > seen
says seen $'\e[1A\e[2K' " % of " "merged linux/amd64 into out"
grep -qxE 'sha256:[0-9a-f]{64}' stdout
on_terminal "'$OCIMUX' merge app-linux-amd64.tar -t demo -o out" > seen
says seen $'\e[31mocimux: \e[0m'
NO_COLOR=1 on_terminal "'$OCIMUX' merge app-linux-amd64.tar -t demo -o out" > seen
! grep -q $'\e\[31m' seen || fail "NO_COLOR: expected no colours"
NO_COLOR='' on_terminal "'$OCIMUX' merge app-linux-amd64.tar -t demo -o out" > seen
says seen $'\e[31mocimux: \e[0m' # no-color.org: only when it is not empty
TERM=dumb on_terminal "'$OCIMUX' merge app-linux-amd64.tar -t other -o out" > seen
! grep -q $'\e' seen || fail "TERM=dumb: expected no escape sequences, found $(cat -v seen)"
all_on_terminal() { script -qec "$*" typescript > /dev/null || true; tr -d '\r' < typescript; }
all_on_terminal "'$OCIMUX' merge app-linux-amd64.tar -o -" > seen
says seen "expected a file or a pipe for the archive, found a terminal"
! grep -q index.json seen || fail "expected no archive on the terminal"
status 1 "$OCIMUX" merge app-linux-amd64.tar -t demo -o out
! grep -q $'\e' stderr || fail "no terminal: expected no escape sequences"
