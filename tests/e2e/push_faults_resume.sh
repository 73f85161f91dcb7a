#!/bin/bash
# An upload that breaks goes on where it broke, where the registry keeps what it got: the rest is sent,
# not all of it, on whatever connection it broke and how often.
source "$(dirname "$0")/lib_faults.sh"
start_faulty_registry start_olareg
once='"times":1'
body='"method":"PUT","path":".*/blobs/uploads/.*","body":1000000'
# sends_less_than BYTES WHAT FAULT... [-- OPTION...]: beside what the image has
sends_less_than() {
  survives "${@:2}"
  [ "$(sent /blobs/)" -lt $((ALL + $1)) ] || fail "$2: $(sent /blobs/) bytes went for $ALL: $(passed)"
}

sends_less_than 2000000 "cut within PUT of a blob" "{$body,$once,\"do\":\"cut_body\",\"after\":6000000}"
contains "it goes on in parts" '^PATCH .* 202' "$(passed)"
sends_less_than 2000000 "cut within PUT, on one connection" "{$body,$once,\"do\":\"cut_body\",\"after\":6000000}" -- -j 1
sends_less_than 4000000 "cut within a part" \
  "{\"method\":\"PATCH\",\"skip\":1,$once,\"do\":\"cut_body\",\"after\":2000000}" -- --chunk-size 3M
sends_less_than 4000000 "cut when a part was stored" \
  "{\"method\":\"PATCH\",\"skip\":1,$once,\"do\":\"cut_before_answer\"}" -- --chunk-size 3M
sends_less_than 4000000 "never an answer to a part" "{\"method\":\"PATCH\",\"skip\":1,$once,\"do\":\"hang\"}" -- --chunk-size 3M --timeout 1
sends_less_than 4000000 "cut after 5 MB each time" '{"method":"PUT|PATCH","path":".*/blobs/.*","body":5000000,"do":"cut_body","after":5000000}'
sends_less_than 4000000 "500 for a part" "{\"method\":\"PATCH\",\"skip\":1,$once,\"do\":\"answer\",\"status\":500}" -- --chunk-size 3M
gives_up "cut after 1 kB each time" 1 'sha256:' \
  '{"method":"PUT|PATCH","path":".*/blobs/.*","body":1000,"do":"cut_body","after":1000}' -- --retries 1
