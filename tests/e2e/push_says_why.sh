#!/bin/bash
# A registry that refuses is quoted, with the place, the status and what one can do about it.
source "$(dirname "$0")/lib_faults.sh"
start_faulty_registry
blob='"method":"PUT","path":".*/blobs/.*"'
tag='"method":"PUT","path":".*/manifests/1"'
# says WHAT STATUS WORDS FAULT: with a hint
says() {
  gives_up "$@"
  ROW=$((ROW + 1)) REPOSITORY=row$ROW/app
  faults "$4"
  refused "$2" '^hint: .+' push_through
}

says "no such repository" 4 'status 404.*no such repository' "$(answer '"method":"POST"' 404 NAME_UNKNOWN 'no such repository')"
says "not allowed" 5 'status 403.*go away' "$(answer '"method":"POST"' 403 DENIED 'go away')"
says "not known" 5 'status 401.*who are you' \
  '{"method":"POST","do":"answer","status":401,"text":"{\"errors\":[{\"message\":\"who are you\"}]}","headers":{"WWW-Authenticate":"Basic realm=\"x\""}}'
says "over the quota" 5 'status 403.*quota of 1 GB' "$(answer "$blob" 403 DENIED 'quota of 1 GB is used up')"
says "a tag that may not be moved" 1,5 ':1: .*status 409.*tag is immutable' "$(answer "$tag" 409 TAG_INVALID 'tag is immutable')"
says "a tag that may not be moved, at ECR" 1,3,5 ':1: .*status 400.*cannot be overwritten' \
  "$(answer "$tag" 400 TAG_INVALID "The image tag '1' already exists in the 'app' repository and cannot be overwritten because the tag is immutable.")"
