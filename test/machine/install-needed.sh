#!/usr/bin/env bash
# Installs what the virtual machine needs on this Debian machine and does not find: install-needed.sh [COMMAND:PACKAGE…]
# names further ones.
set -euo pipefail

as_root=()
[[ $(id -u) == 0 ]] || as_root=(sudo)
needed=()
for pair in qemu-system-x86_64:qemu-system-x86 cpio:cpio zstd:zstd depmod:kmod "$@"; do
  PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || needed+=("${pair##*:}")
done
((${#needed[@]} > 0)) || exit 0
if ! command -v apt-get >/dev/null; then
  echo "machine: install these first: ${needed[*]}" >&2
  exit 1
fi
echo "machine: installing Debian packages on this machine: ${needed[*]}" >&2
"${as_root[@]}" apt-get -qq update
DEBIAN_FRONTEND=noninteractive timeout 300 "${as_root[@]}" apt-get -qq install --yes --no-install-recommends "${needed[@]}" >&2
