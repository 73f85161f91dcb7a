#!/bin/bash
# The config that merge --dockerfile gives a root filesystem is the one that Docker's
# BuildKit gives the image of the same Dockerfile: each is built twice, as an image and
# as type=tar. (What is newer than this BuildKit, such as heredocs, is compared with
# testdata/dockerfiles.)
source "$(dirname "$0")/lib.sh"
need jq
start_dockerd
mkdir context
echo content >context/file

# What is compared; a member without anything is as none. Entries of docker's own
# (Hostname, Image, …) are not the Dockerfile's.
settings='{User, Env, Entrypoint, Cmd, WorkingDir, Labels, ExposedPorts, Volumes, StopSignal,
  Healthcheck, Shell, OnBuild} | with_entries(select(.value != null and .value != "" and .value != [] and .value != {}))'
history='[.history[].created_by // empty | select(test("^(CMD|ENTRYPOINT|ENV|LABEL|USER|VOLUME|SHELL|STOPSIGNAL|WORKDIR) "))]'

# same NAME PLATFORM [NAME=VALUE]...: Dockerfile on standard input
same() {
  local name=$1 platform=$2 arguments=() argument
  shift 2
  for argument; do arguments+=(--build-arg "$argument"); done
  cat >"$name.Dockerfile"
  docker build -q --platform "$platform" "${arguments[@]}" -t "$name" -f "$name.Dockerfile" context >/dev/null
  docker build -q --platform "$platform" "${arguments[@]}" -f "$name.Dockerfile" \
    --output "type=tar,dest=$name.tar" context >/dev/null
  "$OCIMUX" merge -q "$platform=$name.tar" --dockerfile "$name.Dockerfile" "${arguments[@]}" -t "$name" -o "$name"
  equal "$name: settings" "$(docker image inspect "$name" | jq -S ".[0].Config | $settings")" \
    "$(config "$name" "$name" "$platform" | jq -S ".config | $settings")"
  mkdir "$name.saved"
  docker save "$name" | tar -x -C "$name.saved"
  equal "$name: history" "$(jq -S "$history" "$name.saved/$(jq -r '.[0].Config' "$name.saved/manifest.json")")" \
    "$(config "$name" "$name" "$platform" | jq -S "$history")"
  sound "$name"
}

same instructions linux/amd64 <<'DOCKERFILE'
FROM scratch
COPY file /
MAINTAINER nobody
ENV A=1 B="two words" C=three\ words
ENV D the old   form
LABEL version="1.0" "org.example.key"='$A' text="a b \"c\"" a=$A
EXPOSE 8080 53/udp 7000-7002
VOLUME /data [/no]x
VOLUME ["/with blank", "/$A"]
USER 1000:$A
WORKDIR /usr
WORKDIR local/../lib
STOPSIGNAL SIGTERM
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
HEALTHCHECK --interval=1m30s --timeout=1.5s --start-period=2h --retries=3 \
  CMD curl -f "http://localhost/" || exit 1
ENTRYPOINT ["/app", "--flag", "$A"]
CMD serve   --all "$A"
ONBUILD RUN make $X
ONBUILD COPY . /src
DOCKERFILE

same stages linux/arm64 VERSION=2 <<'DOCKERFILE'
ARG BASE=common
FROM scratch AS common
ARG VERSION=1
ENV A=1 PATH=/common:$PATH
USER 7
WORKDIR /common
CMD ["common"]
LABEL from=common both=common
ONBUILD LABEL trigger=run a=$A
FROM scratch AS other
ENV A=2
COPY file /other
FROM ${BASE} AS middle
ENV A=3 SEEN=$VERSION
ENTRYPOINT ["middle"]
WORKDIR sub
FROM middle
COPY --from=other /other /
LABEL both=final a=$A version=$VERSION
EXPOSE 80
DOCKERFILE

same arguments linux/arm/v7 GIVEN=given LOCAL=local TARGETOS=said <<'DOCKERFILE'
ARG GLOBAL=global
ARG DERIVED=${GLOBAL}-derived
ARG SCRATCH=scratch
FROM ${SCRATCH}
COPY file /
ARG LOCAL
LABEL unseen=[$GLOBAL] local=[$LOCAL]
ARG GLOBAL
ARG DERIVED
LABEL seen=$GLOBAL derived=$DERIVED
ARG DEFAULT=default
ARG WITH="a ${DEFAULT}"
ARG GIVEN=not
LABEL default=$DEFAULT with=$WITH given=$GIVEN
ENV DEFAULT=env
ARG DEFAULT=again
LABEL argument-after-env=$DEFAULT
ARG LATER=x
ENV LATER=y SAME=$LATER
LABEL env-after-argument=$LATER same=$SAME unset=[$NO] or=${NO:-${LATER:+set}} dollar=\$LATER
ARG TARGETPLATFORM
ARG TARGETOS
ARG TARGETARCH
ARG TARGETVARIANT
LABEL platform=$TARGETPLATFORM os=$TARGETOS arch=$TARGETARCH variant=$TARGETVARIANT build=[$BUILDOS]
DOCKERFILE

same escape linux/amd64 <<'DOCKERFILE'
# escape=`

FROM scratch
COPY file `
  # a comment between
  /
ENV DIR=C:\app QUOTED="C:\my app" ESCAPED=a` b`$DIR
LABEL continued=a `
  more=$DIR dollar="`$DIR" back=\$DIR
CMD echo `
  b\
HEALTHCHECK NONE
DOCKERFILE

same resets linux/amd64 <<'DOCKERFILE'
FROM scratch AS base
CMD ["base"]
HEALTHCHECK --retries=10 CMD ["probe"]
SHELL ["/bin/ash", "-c"]
FROM base AS entry
ENTRYPOINT run it
FROM entry
COPY file /
CMD shell form
ENTRYPOINT ["again"]
DOCKERFILE

# What docker refuses is refused here, too.
printf 'FROM scratch\nCOPY file /\nUSRE x\n' >wrong
! docker build -q -f wrong context >docker.log 2>&1 || fail "docker builds a misspelt instruction"
refused 2 'wrong:3: expected a Dockerfile instruction' \
  "$OCIMUX" merge linux/amd64=escape.tar --dockerfile wrong -o refused
