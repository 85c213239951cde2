#!/usr/bin/env bash
# `npm run test:guest [-- KERNEL…]`: driver and service as the two machines that they are, for Debian 12's kernels 6.1 and 6.12.
# Installs what it needs on a Debian machine, builds a virtual machine and the module for each kernel, runs them side by side, and
# closes with one line: `N passed, N failed`. `--measure` (`npm run bench:guest`) measures instead, and writes docs/guest-benchmarks.md.
# PROXY_WIFI_GUEST_GREP runs only the tests whose title matches, PROXY_WIFI_GUEST_ONLY those of one machine (one), of two (two) or of
# the documents (documents); PROXY_WIFI_GUEST_LOGS keeps the logs.
# PROXY_WIFI_GUEST_PATIENCE: seconds of the machine's time after which a test counts as hanging, 240 if not given.
# PROXY_WIFI_GUEST_DRIVER takes the driver from another folder than guest-driver/.
# PROXY_WIFI_GUEST_CLOCK=host gives the one machine the host's time, which is quicker, and wants a host with little else to do.
# PROXY_WIFI_GUEST_WHOLE=1 does everything that is repeated as often as wanted (test/guest/inside/amounts.ts), in an hour or two.
# PROXY_WIFI_GUEST_UNSHARED=1 does on each kernel what the two of them share otherwise.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(dirname "$(dirname "$here")")
cd "$project"
program=tests
if [[ ${1:-} == --measure ]]; then
  program=measurements
  shift
fi
kernels=("$@")
((${#kernels[@]} > 0)) || kernels=(6.1 6.12)

say() { echo "test:guest: $*" >&2; }
give_up() {
  say "$*"
  echo '0 passed, 1 failed'
  exit 1
}

"$project/test/machine/install-needed.sh" make:make gcc-12:gcc-12 || give_up 'the packages could not be installed'

work=$(mktemp -d)
# An ordinary user in the machine reads the bundles.
chmod 755 "$work"
started=()
clean_up() {
  for pid in "${started[@]}" $(jobs -p); do kill "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT

# The half of the two machines that is this machine: the keeper of the service, and who sends data to the guest.
timeout 60 npx tsx test/machine/bundle.ts "$work/bundles" tests=test/guest/run.ts measurements=test/guest/measure.ts \
  keeper=test/guest/host/keeper.ts service=test/guest/host/service.ts sender=test/guest/host/sender.ts ||
  give_up 'the tests could not be bundled'

# listening FILE: waits for `listening on PORT` in it; the port.
listening() {
  timeout 60 bash -c 'until grep -qs "listening on" "$0"; do sleep 0.1; done' "$1" && grep -oE '[0-9]+' "$1"
}
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

# The machine of a kernel, and what lies in its folder /out.
declare -A images
prepare() {
  local kernel=$1 out="$work/$1" image target keeper sender requests notifications
  mkdir -p "$out/logs" "$out/outside/logs"
  image=$(timeout 300 "$project/test/machine/build-image.sh" "$kernel") || give_up 'the virtual machine could not be built'
  images[$kernel]=$image
  cp -r "${PROXY_WIFI_GUEST_DRIVER:-$project/guest-driver}" "$out/driver"
  for target in clean all; do
    make -C "$out/driver" KDIR="$image/headers/build" CC=gcc-12 "$target" >"$out/logs/make.log" 2>&1 || {
      tail -n 40 "$out/logs/make.log" >&2
      give_up "the driver does not build for $kernel"
    }
  done
  mv "$out/driver/module/proxy_wifi.ko" "$out/"
  cp "$work"/bundles/*.mjs "$work/bundles/package.json" "$out/"
  cp "$here/start.sh" "$out/start"

  cp "$work"/bundles/{keeper,service,sender}.mjs "$work/bundles/package.json" "$out/outside/"
  ln -s "$project/node_modules" "$out/outside/node_modules"
  node "$out/outside/keeper.mjs" 127.0.0.1 "$out/outside/logs" >"$out/outside/keeper.out" & started+=($!)
  node "$out/outside/sender.mjs" 127.0.0.1 0 100000000 >"$out/outside/sender.out" & started+=($!)
  keeper=$(listening "$out/outside/keeper.out") || give_up 'the keeper of the service did not start'
  sender=$(listening "$out/outside/sender.out") || give_up 'the sender of data did not start'
  requests=$(free_port) notifications=$(free_port)
  echo "$notifications" >"$out/notifications"
  echo "{\"keeper\": $keeper, \"sender\": $sender, \"requests\": $requests, \"notifications\": $notifications}" >"$out/outside.json"
  env | grep -E '^PROXY_WIFI_GUEST_[A-Z_]+=[0-9a-z.]*$' >"$out/environment" || true
  echo "PROXY_WIFI_GUEST_PROGRAM=$program" >>"$out/environment"
  [[ -z ${PROXY_WIFI_GUEST_GREP:-} ]] || echo "$PROXY_WIFI_GUEST_GREP" >"$out/grep"
}

# note KERNEL GOOD BAD STATUS: counts one part of it. What died has counted only what came before.
note() {
  local good=$2 bad=$3
  [[ $4 == 0 || $bad != 0 ]] || bad=1
  echo "$good $bad" >>"$work/$1/totals"
}

# boot KERNEL MACHINES [options of QEMU]: the tests for one machine or for two.
boot() {
  local kernel=$1 out="$work/$1" status=0 good bad fences clock=${PROXY_WIFI_GUEST_CLOCK:-own}
  echo "PROXY_WIFI_GUEST_MACHINES=$2" >>"$out/environment"
  # Who is alone has a clock that a busy host does not hurry; who talks to this machine has its time.
  [[ $2 == one ]] || clock=host
  # Freed memory is poisoned and every object fenced: Debian's kernels have neither KASAN, lockdep nor kmemleak.
  fences=slub_debug=FZP
  [[ $program == tests ]] || fences=
  rm -f "$out/counts"
  local TIMEFORMAT="test:guest: kernel $kernel, machines: $2, took %0R s, %0U s of processor time"
  time PROXY_WIFI_MACHINE_CLOCK=$clock PROXY_WIFI_MACHINE_APPEND="net.ifnames=0 $fences" \
    PROXY_WIFI_MACHINE_TIMEOUT="${PROXY_WIFI_MACHINE_TIMEOUT:-$([[ ${PROXY_WIFI_GUEST_WHOLE:-} == 1 ]] && echo 10800 || echo 2400)}" \
    "$project/test/machine/boot.sh" "${images[$kernel]}" "$project" "$out" "${@:3}" || status=$?
  # One measurement run for each kernel: all that it wanted was met, or not.
  [[ $program == tests ]] || echo "$((status == 0)) $((status != 0))" >"$out/counts"
  read -r good bad < <(cat "$out/counts" 2>/dev/null) || { good=0 bad=1; }
  note "$kernel" "$good" "$bad" "$status"
}

# The last test in the machine leaves its guest connected: it must have left the host when the machine was switched off.
left_when_switched_off() {
  local out="$work/$1"
  [[ -e $out/logs/connected-to-the-last ]] || return 0
  if grep -oE 'guest(Connection|Disconnection)Completed' "$out/outside/logs/service.log" | tail -n 1 | grep -q Disconnection; then
    echo "    ✔ is connected to the last, and has left the host when it was switched off"
    note "$1" 1 0 0
  else
    echo "    1) is connected to the last, and has left the host when it was switched off"
    note "$1" 0 1 0
  fi
}

# Everything for one kernel.
run_kernel() {
  local kernel=$1 out="$work/$1" began status=0 good bad notifications
  say "kernel $kernel"
  [[ ${PROXY_WIFI_GUEST_ONLY:-one} != one ]] || boot "$kernel" one
  if [[ $program == tests && ${PROXY_WIFI_GUEST_ONLY:-two} == two ]]; then
    notifications=$(cat "$out/notifications")
    boot "$kernel" two -netdev "user,id=n0,net=10.0.2.0/24,hostfwd=tcp:127.0.0.1:$notifications-10.0.2.15:$notifications" \
      -device virtio-net-pci,netdev=n0 -netdev user,id=n1,net=10.0.3.0/24 -device virtio-net-pci,netdev=n1
    left_when_switched_off "$kernel"
  fi

  # A whole Debian guest, by the commands of the documents.
  if [[ $program == tests && -z ${PROXY_WIFI_GUEST_GREP:-} && ${PROXY_WIFI_GUEST_ONLY:-documents} == documents ]]; then
    began=$SECONDS
    status=0
    PROXY_WIFI_GUEST_KERNEL=$kernel PROXY_WIFI_GUEST_DOCUMENT_LOGS="$out/logs" \
      timeout --kill-after=20 2400 npx mocha test/guest/documents.test.ts >"$out/documents" 2>&1 || status=$?
    cat "$out/documents"
    good=$(grep -oE '^ +[0-9]+ passing' "$out/documents" | grep -oE '[0-9]+' || echo 0)
    bad=$(grep -oE '^ +[0-9]+ failing' "$out/documents" | grep -oE '[0-9]+' || echo 0)
    note "$kernel" "$good" "$bad" "$status"
    say "the documents' commands for kernel $kernel took $((SECONDS - began)) s"
  fi
  if [[ -n ${PROXY_WIFI_GUEST_LOGS:-} ]]; then
    mkdir -p "$PROXY_WIFI_GUEST_LOGS/$kernel"
    cp -r "$out/logs/." "$out/outside/logs/." "$PROXY_WIFI_GUEST_LOGS/$kernel/"
  fi
}

for kernel in "${kernels[@]}"; do prepare "$kernel"; done
if [[ ${#kernels[@]} == 1 || $program == measurements ]]; then
  # What is measured has the machine for itself.
  for kernel in "${kernels[@]}"; do run_kernel "$kernel"; done
else
  running=()
  for kernel in "${kernels[@]}"; do
    (run_kernel "$kernel" 2>&1 | sed -u "s/^/$kernel: /") & running+=($!)
  done
  # It is the counts that say how it went.
  for pid in "${running[@]}"; do wait "$pid" || true; done
fi

if [[ $program == measurements ]]; then
  # A machine that did not come to its end has none.
  measured=("$work"/*/measurements.md)
  if [[ -s ${measured[0]} ]]; then npx tsx "$here/record-rows.ts" "${measured[@]}"; fi
fi
passed=0
failed=0
for kernel in "${kernels[@]}"; do
  [[ -s $work/$kernel/totals ]] || echo '0 1' >"$work/$kernel/totals"
  while read -r good bad; do passed=$((passed + good)) failed=$((failed + bad)); done <"$work/$kernel/totals"
done
echo "$passed passed, $failed failed"
exit "$((failed > 0))"
