#!/usr/bin/env bash
# The fast part of the tests on each line of Node that is supported, one minute each. The npm package `node` brings the lines,
# into a folder that is kept: PROXY_WIFI_NODE_LINES, or ~/.cache/proxy-wifi/node-lines. `npm run test:node-lines -- 22` runs one.
set -u
cd "$(dirname "$0")/.."
cache=${PROXY_WIFI_NODE_LINES:-${XDG_CACHE_HOME:-$HOME/.cache}/proxy-wifi/node-lines}
lines=${*:-20 22 24 26}
passed=0
failed=0

for line in $lines; do
  folder=$cache/$line
  node=$folder/node_modules/node/bin/node
  if ! "$node" --version >/dev/null 2>&1; then
    mkdir -p "$folder"
    # Its install script puts the binary of this system in its place.
    npm install --prefix "$folder" --no-audit --no-fund --no-save --foreground-scripts "node@$line" >"$folder/install.log" 2>&1 ||
      tail -n 5 "$folder/install.log"
  fi
  echo "== Node $("$node" --version)"
  out=$(timeout --kill-after=5 600 "$node" node_modules/mocha/bin/mocha.js --reporter dot \
    "test/protocol/*.test.ts" "test/json/*.test.ts" "test/streams/*.test.ts" "test/actors/**/*.test.ts" \
    "test/native/simulated/*.test.ts" "test/native/sockets/*.test.ts" "test/native/fake/*.test.ts" \
    test/behaviour/life-cycle.test.ts test/behaviour/bad-input.test.ts test/behaviour/connect.test.ts 2>&1)
  status=$?
  good=$(grep -oE '^ *[0-9]+ passing' <<<"$out" | grep -oE '[0-9]+')
  bad=$(grep -oE '^ *[0-9]+ failing' <<<"$out" | grep -oE '[0-9]+')
  if [ "$status" -ne 0 ] && [ "${bad:-0}" -eq 0 ]; then bad=1; fi
  if [ "${bad:-0}" -gt 0 ] || [ "${good:-0}" -eq 0 ]; then tail -n 60 <<<"$out"; fi
  if [ "${good:-0}" -eq 0 ] && [ "${bad:-0}" -eq 0 ]; then bad=1; fi
  echo "${good:-0} passed"
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0}))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
