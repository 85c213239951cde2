#!/usr/bin/env bash
# Makes the virtual machine one that systemd boots: build-systemd.sh <image folder>. Prints a folder that holds `vmlinuz` and an
# `initramfs`: that of the image, and systemd's package behind it. Made once for each image and each text of this script.
set -euo pipefail

image=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
key=$( { basename "$image"; cat "${BASH_SOURCE[0]}" "$here"/init-systemd; } | sha256sum | cut -c1-16)
layered="$(dirname "$image")/systemd-$key"
if [[ -f $layered/initramfs && -f $layered/vmlinuz ]]; then
  echo "$layered"
  exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/archives" "$work/root"

# Of the image's own versions: its libraries are there already.
wanted=()
for name in systemd libpam0g; do
  file=$(grep "^${name}_" "$image/packages")
  version=${file#*_}
  version=${version%_*}
  wanted+=("$name=${version//%3a/:}")
done
(cd "$work/archives" && apt-get -qq -o APT::Sandbox::User=root download "${wanted[@]}" >&2)
for archive in "$work"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$work/root" --keep-directory-symlink \
    --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' --exclude='./usr/share/bash-completion'
done

root="$work/root"
for folder in bin sbin lib; do
  [[ -d $root/$folder ]] || continue
  mkdir -p "$root/usr/$folder"
  cp -a "$root/$folder/." "$root/usr/$folder/"
  rm -rf "${root:?}/$folder"
done
units="$root/etc/systemd/system"
mkdir -p "$units/multi-user.target.wants"
ln -sfn /usr/lib/systemd/system/multi-user.target "$units/default.target"
# Nobody logs in, which would hang up the line that the tests write to, and nothing needs to be looked for at the start.
for unit in serial-getty@ttyS0 getty@tty1 systemd-hwdb-update systemd-timesyncd systemd-journal-flush; do
  ln -sfn /dev/null "$units/$unit.service"
done
ln -sfn /dev/null "$units/proc-sys-fs-binfmt_misc.automount"
cat > "$units/tests.service" <<'UNIT'
[Unit]
Description=The tests
After=dbus.socket
Wants=dbus.socket
[Service]
Type=oneshot
ExecStart=/bin/bash /usr/lib/run-tests
StandardInput=null
StandardOutput=null
StandardError=null
TimeoutStartSec=infinity
UNIT
ln -sfn ../tests.service "$units/multi-user.target.wants/tests.service"
mkdir -p "$root/usr/lib"
cat > "$root/usr/lib/run-tests" <<'RUN'
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LANG=C.UTF-8
/bin/bash /out/start 2>&1 | tee /out/output > /dev/ttyS0
echo "${PIPESTATUS[0]}" > /out/status
sync
umount /out
echo o > /proc/sysrq-trigger
RUN
cp "$here/init-systemd" "$root/init"
chmod 755 "$root/init"

new=$(mktemp -d "$(dirname "$image")/new.XXXXXX")
(cd "$root" && find . -mindepth 1 -print0 | cpio --null --create --format=newc --owner=0:0 --quiet | zstd -q -T0 -3 -o "$work/layer")
cat "$image/initramfs" "$work/layer" > "$new/initramfs"
ln "$image/vmlinuz" "$new/vmlinuz"
chmod 755 "$new"
rm -rf "$layered"
mv -T "$new" "$layered"
echo "$layered"
