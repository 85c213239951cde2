#!/usr/bin/env bash
# `npm run guest-driver:deb`: makes proxy-wifi-guest-dkms_VERSION_all.deb in guest-driver/, or in the folder that is given,
# with dpkg-deb alone. Prints its path.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
to=$(realpath "${1:-$here}")
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$here/dkms.conf")
name=proxy-wifi-guest

for place in "module/main.c:MODULE_VERSION(\"$version\")" "../package.json:\"version\": \"$version\""; do
  grep -qF -- "${place#*:}" "$here/${place%%:*}" || {
    echo "guest-driver:deb: ${place%%:*} has another version than dkms.conf, $version" >&2
    exit 1
  }
done

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
umask 022
sources="$root/usr/src/$name-$version"
docs="$root/usr/share/doc/$name-dkms"
mkdir -p "$sources/module" "$docs" "$root/DEBIAN"
cp "$here"/{dkms.conf,Makefile} "$sources/"
cp "$here"/module/{Kbuild,*.h} "$sources/module/"
for file in "$here"/module/*.c; do [[ $file == *.mod.c ]] || cp "$file" "$sources/module/"; done
cp "$here/README.md" "$docs/"
cat >"$docs/copyright" <<END
Copyright 2026 the proxy-wifi authors. Licence: GPL-2.0 (/usr/share/common-licenses/GPL-2) or MIT:

$(cat "$here/LICENSES/MIT.txt")
END
make -s -C "$here" install-boot DESTDIR="$root"

cat >"$root/DEBIAN/control" <<END
Package: $name-dkms
Version: $version
Architecture: all
Maintainer: the proxy-wifi authors <proxy-wifi@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: dkms (>= 2.8), iproute2, kmod
Recommends: iw, iwd | wpasupplicant
Section: kernel
Priority: optional
Description: Wi-Fi of the host for virtual machines, guest's half (DKMS)
 A wireless interface on top of an Ethernet device. Its scans and
 connections are made by the proxy-wifi service on the host, over vsock or
 TCP; its data goes through the Ethernet device.
END
echo /etc/default/proxy-wifi-guest >"$root/DEBIAN/conffiles"
cat >"$root/DEBIAN/postinst" <<END
#!/bin/sh
set -e
if [ "\$1" = configure ]; then
  /usr/lib/dkms/common.postinst $name $version "" "\$(dpkg --print-architecture)" "\$2"
  if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
  if command -v systemctl >/dev/null; then systemctl enable $name.service; fi
  if command -v udevadm >/dev/null; then udevadm control --reload || true; fi
fi
END
cat >"$root/DEBIAN/prerm" <<END
#!/bin/sh
set -e
if [ "\$1" = remove ] && command -v systemctl >/dev/null; then systemctl disable $name.service || true; fi
if [ "\$1" = remove ] && [ -d /sys/module/proxy_wifi ]; then rmmod proxy_wifi || true; fi
if dkms status -m $name -v $version | grep -q .; then dkms remove -m $name -v $version --all; fi
END
chmod 755 "$root"/DEBIAN/{postinst,prerm}
dpkg-deb --root-owner-group --build "$root" "$to/$name-dkms_${version}_all.deb" >/dev/null
echo "$to/$name-dkms_${version}_all.deb"
