#!/bin/bash
# --help of each command ends with examples, and they work when pasted.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
ln -s "$OCIMUX" ocimux
export PATH=$BUILD:$PATH
mkdir _output
rootfs _output/velero-main-linux-amd64.tar
rootfs _output/velero-main-linux-arm64.tar other
rootfs _output/velero-main-windows-ltsc2022-amd64.tar
rootfs a.tar
rootfs b.tar
for command in "" merge inspect verify match files cat diff ls tag untag annotate add rm gc; do
  # shellcheck disable=SC2086
  status 0 ocimux $command --help
  [ ! -s stderr ] || fail "--help: expected text on standard output alone"
  says stdout "Example" "--progress" "--jobs" "--quiet" "--verbose"
  # A line that goes on is indented deeper, or broken by the formatter.
  sed -n '/^Examples\{0,1\}:/,$p' stdout | sed -n 's/^ *\(ocimux [a-z].*\)/\1/p' | grep -v 'COMMAND' > examples
  [ -s examples ] || fail "${command:-ocimux} --help: expected examples, found: $(cat stdout)"
  while IFS= read -r line; do
    (rm -rf out; ocimux merge -q _output/*.tar -t main -o out > /dev/null; [ -e layout ] || cp -r out layout
      [[ $line != *"-o layout"* ]] || rm -rf layout
      bash -euc "$line") > shown 2>&1 < /dev/null || fail "'$line': $(cat shown)"
  done < examples
done
status 0 ocimux --version
grep -qxE 'ocimux [0-9]+\.[0-9]+\.[0-9]+' stdout || fail "--version: $(cat stdout)"
