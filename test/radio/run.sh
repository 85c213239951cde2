#!/usr/bin/env bash
# `npm run test:radio`: the Linux host against real 802.11 radios in software, in a virtual machine; then proxy-wifi as a service of
# one that systemd has booted. Installs what it needs on a Debian machine, builds the virtual machines once, and closes with one line:
# `N passed, N failed`.
# PROXY_WIFI_RADIO_GREP runs only the tests whose title matches; PROXY_WIFI_RADIO_ONLY=radios or =systemd one of the machines.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(dirname "$(dirname "$here")")
cd "$project"
only=${PROXY_WIFI_RADIO_ONLY:-}

say() { echo "test:radio: $*" >&2; }
give_up() {
  say "$*"
  echo '0 passed, 1 failed'
  exit 1
}

"$project/test/machine/install-needed.sh" || give_up 'the packages could not be installed'

started=$SECONDS
image=$(timeout 300 "$project/test/machine/build-image.sh" 6.1) || give_up 'the virtual machine could not be built'
say "virtual machine ready after $((SECONDS - started)) s"

work=$(mktemp -d)
# The ordinary users in the machines read the bundles.
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
all_passed=0 all_failed=0

# machine NAME IMAGE START BUNDLE: boots it, runs the bundled tests in it, and adds their counts up.
machine() {
  local name=$1 image=$2 start=$3 bundle=$4 out="$work/$1" status=0 passed failed
  mkdir -m 755 "$out"
  timeout 60 npx tsx test/machine/bundle.ts "$out" "$bundle" proxy-wifi=cli/main.ts || give_up 'the tests could not be bundled'
  cp "$start" "$out/start"
  [[ -z ${PROXY_WIFI_RADIO_GREP:-} ]] || echo "$PROXY_WIFI_RADIO_GREP" > "$out/grep"
  started=$SECONDS
  "$project/test/machine/boot.sh" "$image" "$project" "$out" || status=$?
  say "$name: run in $((SECONDS - started)) s"
  if [[ -n ${PROXY_WIFI_RADIO_LOGS:-} ]]; then
    mkdir -p "$PROXY_WIFI_RADIO_LOGS"
    cp -r "$out/logs" "$PROXY_WIFI_RADIO_LOGS/$name"
  fi
  read -r passed failed < <(cat "$out/counts" 2>/dev/null) || { passed=0 failed=1; }
  # A machine of which no title was wanted has nothing to show.
  [[ $status == 0 || $failed != 0 || (-n ${PROXY_WIFI_RADIO_GREP:-} && $passed == 0) ]] || failed=1
  all_passed=$((all_passed + passed))
  all_failed=$((all_failed + failed))
}

[[ $only == systemd ]] || machine radios "$image" "$here/start.sh" tests=test/radio/run.ts
if [[ $only != radios ]]; then
  booted=$(timeout 120 "$project/test/machine/build-systemd.sh" "$image") || give_up 'the machine with systemd could not be built'
  machine systemd "$booted" "$here/systemd/start.sh" systemd=test/radio/systemd/run.ts
fi

[[ $((all_passed + all_failed)) != 0 ]] || all_failed=1
echo "$all_passed passed, $all_failed failed"
exit "$((all_failed > 0))"
