# A digest file must not take the place of the output or of an input.
set -euo pipefail
mkdir root && echo x >root/x && tar -C root -cf app-linux-amd64.tar .
before=$(sha256sum <app-linux-amd64.tar)
for file in app-linux-amd64.tar ./app-linux-amd64.tar out.tar; do
  status=0
  "$OCIMUX" merge app-linux-amd64.tar -o out.tar --digestfile "$file" 2>err || status=$?
  [ "$status" -eq 2 ] || { echo "$file: exit $status"; cat err; exit 1; }
  grep -q 'expected a file of its own' err
  [ ! -e out.tar ]
done
[ "$before" = "$(sha256sum <app-linux-amd64.tar)" ]
