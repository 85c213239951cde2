#!/usr/bin/env bash
# `npm run test:radio`: the Linux host against real 802.11 radios in software, in a virtual machine. Installs what it
# needs on a Debian machine, builds the virtual machine once, and closes with one line: `N passed, N failed`.
# PROXY_WIFI_RADIO_GREP runs only the tests whose title matches.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(dirname "$(dirname "$here")")
cd "$project"

say() { echo "test:radio: $*" >&2; }
give_up() {
  say "$*"
  echo '0 passed, 1 failed'
  exit 1
}

"$project/test/machine/install-needed.sh" || give_up 'the packages could not be installed'

started=$SECONDS
image=$(timeout 300 "$project/test/machine/build-image.sh" 6.1) || give_up 'the virtual machine could not be built'
built=$((SECONDS - started))

out=$(mktemp -d)
# The ordinary user in the machine reads the bundles.
chmod 755 "$out"
trap 'rm -rf "$out"' EXIT
timeout 60 npx tsx test/machine/bundle.ts "$out" tests=test/radio/run.ts proxy-wifi=cli/main.ts || give_up 'the tests could not be bundled'
cp "$here/start.sh" "$out/start"
[[ -z ${PROXY_WIFI_RADIO_GREP:-} ]] || echo "$PROXY_WIFI_RADIO_GREP" > "$out/grep"

started=$SECONDS
status=0
"$project/test/machine/boot.sh" "$image" "$project" "$out" || status=$?
say "virtual machine ready after $built s, run in $((SECONDS - started)) s"
if [[ -n ${PROXY_WIFI_RADIO_LOGS:-} ]]; then cp -r "$out/logs" "$PROXY_WIFI_RADIO_LOGS"; fi

read -r passed failed < <(cat "$out/counts" 2>/dev/null) || { passed=0 failed=1; }
[[ $status == 0 || $failed != 0 ]] || failed=1
echo "$passed passed, $failed failed"
exit "$((failed > 0))"
