#!/usr/bin/env bash
# Boots the virtual machine and waits for its end: boot.sh <image folder> <project> <out folder> [further options of QEMU]
# In the machine the project is /project (read-only), this machine's node is in /node, the out folder is /out: its file
# `start` is run with bash, and its exit status is this script's. 125: the machine did not come so far.
# PROXY_WIFI_MACHINE_APPEND: further words of the kernel's command line; PROXY_WIFI_MACHINE_TIMEOUT: seconds;
# PROXY_WIFI_MACHINE_CLOCK=host: for a machine that talks to this one, time goes as it does here.
set -euo pipefail

image=$1 project=$2 out=$3
shift 3
limit=${PROXY_WIFI_MACHINE_TIMEOUT:-1400}
node=$(dirname "$(node -p 'fs.realpathSync(process.execPath)')")
rm -f "$out/status"

# The machine's clock counts its own instructions (2 ns each) and leaps over idle time: a busy host makes a run longer, but
# nothing in the machine slower. That takes one processor, and QEMU's emulation on one thread.
clock=(-accel tcg,thread=single -icount shift=1,sleep=off -smp 1)
[[ ${PROXY_WIFI_MACHINE_CLOCK:-own} == own ]] || clock=(-accel tcg,thread=multi -smp 2)

# QEMU wants commas doubled.
share() { echo "local,id=$1,path=${2//,/,,},mount_tag=$1,security_model=none${3:-}"; }

timeout --kill-after=5 "$limit" qemu-system-x86_64 \
  "${clock[@]}" -cpu max -m 2048 -nodefaults -no-user-config -display none -no-reboot \
  -kernel "$image/vmlinuz" -initrd "$image/initramfs" \
  -append 'console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off random.trust_cpu=on '"${PROXY_WIFI_MACHINE_APPEND:-}" \
  -serial stdio -device virtio-rng-pci \
  -virtfs "$(share project "$project" ,readonly=on,multidevs=remap)" \
  -virtfs "$(share node "$node" ,readonly=on)" \
  -virtfs "$(share out "$out")" "$@" </dev/null || {
  status=$?
  [[ $status == 124 || $status == 137 ]] && echo "machine: the virtual machine did not end within $limit s" >&2
  exit 125
}
exit "$(cat "$out/status" 2>/dev/null || echo 125)"
