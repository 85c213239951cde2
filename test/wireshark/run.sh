#!/usr/bin/env bash
# `npm run test:wireshark`: the dissector in Debian's tshark. Installs it on a Debian machine and closes with one line:
# `N passed, N failed`. PROXY_WIFI_WIRESHARK_GREP runs only the tests whose title matches.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(dirname "$(dirname "$here")")"

say() { echo "test:wireshark: $*" >&2; }
give_up() {
  say "$*"
  echo '0 passed, 1 failed'
  exit 1
}

if ! command -v tshark >/dev/null; then
  command -v apt-get >/dev/null || give_up 'install tshark first'
  as_root=()
  [[ $(id -u) == 0 ]] || as_root=(sudo)
  say 'installing a Debian package on this machine: tshark'
  "${as_root[@]}" apt-get -qq update || give_up 'apt-get update failed'
  DEBIAN_FRONTEND=noninteractive timeout 600 "${as_root[@]}" apt-get -qq install --yes --no-install-recommends \
    tshark >&2 || give_up 'tshark could not be installed'
fi

result=$(mktemp)
trap 'rm -f "$result"' EXIT
status=0
timeout 300 npx mocha --config "$here/.mocharc.json" ${PROXY_WIFI_WIRESHARK_GREP:+--grep "$PROXY_WIFI_WIRESHARK_GREP"} |
  tee "$result" || status=$?
passed=$(grep -oE '^ +[0-9]+ passing' "$result" | grep -oE '[0-9]+' || echo 0)
failed=$(grep -oE '^ +[0-9]+ failing' "$result" | grep -oE '[0-9]+' || echo 0)
# Nothing passed, or it ended in the middle: that is a failure too.
if [[ $failed == 0 && ($status != 0 || $passed == 0) ]]; then failed=1; fi
echo "$passed passed, $failed failed"
exit "$((failed > 0))"
