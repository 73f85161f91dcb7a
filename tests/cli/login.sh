#!/bin/bash
# login asks the registry first, and keeps what it took where docker and podman look; on a terminal
# it asks without showing what is typed; logout removes it again. No secret is shown.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG DOCKER_AUTH_CONFIG XDG_CONFIG_HOME
export HOME=$PWD/home XDG_RUNTIME_DIR=$PWD/run
mkdir home run

# A registry of one answer: 200 for me and sesame, else 401.
cat > registry.py <<'PYTHON'
import base64, http.server, sys
wanted = "Basic " + base64.b64encode(b"me:sesame").decode()
class Registry(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        known = self.headers.get("Authorization") == wanted or sys.argv[1] == "open"
        self.send_response(200 if known else 401)
        if not known:
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.send_header("Warning", '299 - "a word to all"')
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
start() { # KIND: sets HOST
  python3 registry.py "$1" > port &
  servers+=($!)
  for _ in $(seq 100); do [ ! -s port ] || break; sleep 0.1; done
  HOST=127.0.0.1:$(cat port)
  rm port
}
servers=()
trap 'kill "${servers[@]}"' EXIT
start closed
login() { "$OCIMUX" login "$HOST" -u me "$@"; }
typed() { printf '%s' "$1" > password; shift; "$@" < password; }

# Refused: nothing is written.
status 5 typed wrong login --password-stdin
says stderr "found status 401" "hint: many registries want an access token"
says stderr "says: a word to all"
[ -z "$(find home run -type f)" ] || fail "expected nothing to be written, found $(find home run)"

# Taken: only the owner reads it.
status 0 typed $'sesame\n' login --password-stdin
says stdout "logged in to $HOST" "home/.docker/config.json"
[ "$(stat -c %a home/.docker/config.json)" = 600 ] || fail "expected mode 600"
[ "$(jq -r ".auths[\"$HOST\"].auth" home/.docker/config.json | base64 -d)" = me:sesame ] ||
  fail "expected me:sesame, found $(cat home/.docker/config.json)"
status 0 "$OCIMUX" logout "$HOST"
says stdout "removed the credentials for $HOST from $PWD/home/.docker/config.json"
status 4 "$OCIMUX" logout "$HOST"
says stderr "expected credentials for $HOST, found none"

# Elsewhere.
status 0 login -p sesame --authfile own.json
says stderr "warning: others on this machine can see a command line"
status 0 env REGISTRY_AUTH_FILE=named.json "$OCIMUX" login "$HOST" -u me -p sesame
[ "$(jq -c .auths own.json)" = "$(jq -c .auths named.json)" ] || fail "expected the same in both"
status 0 "$OCIMUX" logout --all --authfile own.json
status 4 "$OCIMUX" logout --authfile missing.json "$HOST"
mkdir -p run/containers
cp named.json run/containers/auth.json
status 0 login -p sesame
says stderr "run/containers/auth.json has credentials for $HOST, too, and comes first"
status 0 "$OCIMUX" logout "$HOST"
says stdout "run/containers/auth.json" "home/.docker/config.json"
echo '{' > run/containers/auth.json
status 0 login -p sesame
status 3 "$OCIMUX" logout "$HOST"
says stderr "run/containers/auth.json: expected JSON" "home/.docker/config.json"
[ "$(jq -c .auths home/.docker/config.json)" = "{}" ] || fail "expected that the other file is cleared"
rm run/containers/auth.json
echo '{"kind":"Secret","data":{".dockerconfigjson":"e30="}}' > secret.json
status 3 login -p sesame --authfile secret.json
says stderr "found a secret of Kubernetes" "hint: kubectl"

# Not what it should be.
status 2 login < /dev/null
says stderr "hint: --password-stdin"
status 2 "$OCIMUX" login "$HOST" --password-stdin < /dev/null
status 2 typed '' login --password-stdin
status 2 typed $'sesame\nmore\n' login --password-stdin
status 2 typed sesame login --password-stdin -p sesame
status 2 "$OCIMUX" login "$HOST" -u me:x -p sesame
for host in registry host/path a..b; do status 2 "$OCIMUX" login "$host" -u me -p sesame; done
status 2 "$OCIMUX" logout "$HOST" --all

# On a terminal.
cat > terminal.py <<'PYTHON'
import os, pty, sys, termios, time
how, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
before = termios.tcgetattr(terminal)
seen = b""
def until(text):
    global seen
    while text not in seen:
        seen += os.read(terminal, 1000)
until(b"Password: ")
while termios.tcgetattr(terminal)[3] & termios.ECHO:
    time.sleep(0.01)
# With a slip; or the keys that end a program and stop it, which would leave no echo, and the one
# that interrupts.
os.write(terminal, b"sesaam\x7f\x7fme\n" if how == "type" else b"\x1c\x1a\x03")
while True:
    try:
        more = os.read(terminal, 1000)
    except OSError:
        break
    if not more:
        break
    seen += more
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(seen.replace(b"\r", b""))
assert b"sesame" not in seen, seen
sys.exit(os.waitstatus_to_exitcode(status))
PYTHON
on_terminal() { python3 terminal.py "$1" "$OCIMUX" login "$HOST" -u me --authfile typed.json; }
status 0 on_terminal type
says stdout "Password: " "logged in to $HOST"
status 130 on_terminal quit
# However it ends, the terminal shows again what is typed.
cat > restored.py <<'PYTHON'
import pty, signal, subprocess, sys, termios, time
terminal, side = pty.openpty()
child = subprocess.Popen(sys.argv[2:], stdin=side, stdout=side, stderr=side, start_new_session=True)
while termios.tcgetattr(side)[3] & termios.ECHO:
    time.sleep(0.01)
child.send_signal(getattr(signal, sys.argv[1]))
status = child.wait()
assert termios.tcgetattr(side)[3] & termios.ECHO, "no echo"
assert termios.tcgetattr(side)[6][termios.VQUIT] == b"\x1c", termios.tcgetattr(side)[6]
sys.exit(status)
PYTHON
for signal in SIGINT SIGTERM SIGHUP; do
  status 130 python3 restored.py "$signal" "$OCIMUX" login "$HOST" -u me
done

# One that asks nobody cannot tell what is wrong.
start open
status 0 login -p wrong --authfile open.json
says stderr "did not ask for credentials"
! grep -rF sesame stdout stderr home run || fail "expected no secret to be shown"
