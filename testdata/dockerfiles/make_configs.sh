#!/bin/bash
# Makes the configs anew that tests compare with: what BuildKit's own frontend makes of
# each Dockerfile here. Needs Go and its module proxy.
#
# usage: testdata/dockerfiles/make_configs.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/make_configs.go" "$work/main.go"
(cd "$work" && go mod init make_configs && go get github.com/moby/buildkit@v0.26.3 &&
  CGO_ENABLED=0 go build -mod=mod -o make_configs .) >&2
while read -r name file platform arguments; do
  # shellcheck disable=SC2086 # one argument a word
  "$work/make_configs" "$here/$file.Dockerfile" "$platform" $arguments >"$here/$name.json"
done <"$here/cases"
