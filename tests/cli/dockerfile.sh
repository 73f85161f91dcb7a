#!/bin/bash
# merge --dockerfile takes the config from a Dockerfile, with --build-arg from the command line and
# from the environment, and says where a file is wrong.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
need python3
rootfs app-linux-amd64.tar
cat >Dockerfile <<'DOCKERFILE'
ARG BASE=tiny
FROM example.org/$BASE AS base
FROM base
ARG SAID
ARG TAKEN
ARG NOT=default
LABEL said=$SAID taken=$TAKEN not=$NOT
USER app
DOCKERFILE
TAKEN=environment status 0 "$OCIMUX" merge --progress plain linux/amd64=app-linux-amd64.tar \
  --dockerfile linux=Dockerfile --build-arg SAID=a=b --build-arg TAKEN --build-arg NOT \
  --build-arg BASE=run --build-arg USELESS=x -o out -t x
says stderr "FROM example.org/run: its settings are not known; user and labels come from the Dockerfile" \
  "--build-arg: expected the Dockerfile to have ARG USELESS, found none"
python3 - <<'PYTHON'
import json
def blob(descriptor):
    with open("out/blobs/" + descriptor["digest"].replace(":", "/")) as file:
        return json.load(file)
with open("out/index.json") as file:
    index = blob(json.load(file)["manifests"][0])
config = blob(blob(index["manifests"][0])["config"])["config"]
assert config["User"] == "app", config
assert config["Labels"] == {"said": "a=b", "taken": "environment", "not": "default"}, config
PYTHON
printf 'FROM scratch\n\nUSRE x\n' >wrong
unchanged 2 "$OCIMUX" merge app-linux-amd64.tar --dockerfile wrong -o other
says stderr "wrong:3: expected a Dockerfile instruction, found 'USRE'"
unchanged 2 "$OCIMUX" merge app-linux-amd64.tar --dockerfile - -o other
says stderr "--dockerfile: expected a file, found -"
unchanged 2 "$OCIMUX" merge app-linux-amd64.tar --dockerfile Dockerfile --build-arg =x -o other
says stderr "--build-arg: expected NAME=VALUE or NAME, found '=x'"
unchanged 2 "$OCIMUX" merge app-linux-amd64.tar --build-arg A=x -o other
says stderr "--build-arg: expected --dockerfile, found none"
