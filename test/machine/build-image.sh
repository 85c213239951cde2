#!/usr/bin/env bash
# Builds the virtual machine of `npm run test:radio` and `npm run test:guest`: build-image.sh <kernel: 6.1 or 6.12>.
# It is Debian's newest kernel of that line and an initramfs made of Debian packages. Prints the folder that holds
# `vmlinuz`, `initramfs`, and in `headers` what a module for this kernel is built against. A folder is named after the versions
# of all packages and this script's own text, so it is built once and again when either changes.
set -euo pipefail

line=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/proxy-wifi/machine"

packages=(
  base-files base-passwd bash busybox kmod iproute2 libstdc++6 util-linux
  dbus hostapd iw wpasupplicant iwd wireless-regdb
  network-manager udev
)

# Kernel modules: simulated 802.11 radios, vsock within one kernel, 9p and Ethernet over virtio, and the ciphers of 802.11.
modules=(
  drivers/net/wireless/mac80211_hwsim.ko drivers/net/wireless/virtual/mac80211_hwsim.ko drivers/net/veth.ko drivers/net/dummy.ko
  drivers/net/virtio_net.ko drivers/net/net_failover.ko net/core drivers/virtio
  net/wireless net/mac80211 net/rfkill net/vmw_vsock net/9p fs/9p fs/netfs fs/fscache
  net/packet crypto arch/x86/crypto lib drivers/char/hw_random
)

say() { echo "machine: $*" >&2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/archives/partial" "$work/root"
: > "$work/status"

# apt as on a machine where nothing is installed: every dependency is fetched, nothing of this machine is touched.
apt_empty() {
  apt-get -qq -o Dir::State::status="$work/status" -o Dir::Cache::archives="$work/archives" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Install-Recommends=false \
    -o APT::Sandbox::User=root -o Debug::NoLocking=true "$@"
}

# The newest kernel of the line: neither the cloud one, which has no wireless, nor the real-time one.
newest() { apt-cache pkgnames "linux-image-$line." | grep -E "^linux-image-${line/./\\.}\.[0-9a-z+.]+(-[0-9]+)?-amd64$" | sort -V | tail -n 1; }

image_package=$(newest)
if [[ -z $image_package ]]; then
  say "fetching Debian's package lists"
  apt-get -qq update
  image_package=$(newest)
fi
[[ -n $image_package ]] || { say "Debian's package lists have no kernel $line"; exit 1; }
version=${image_package#linux-image-}
packages+=("$image_package")
uris=$(apt_empty install --print-uris "${packages[@]}" | grep "^'" || true)
if [[ -z $uris ]]; then
  say "fetching Debian's package lists"
  apt-get -qq update
  uris=$(apt_empty install --print-uris "${packages[@]}" | grep "^'")
fi
key=$( { awk '{print $2}' <<<"$uris" | sort; cat "${BASH_SOURCE[0]}" "$here"/init; } | sha256sum | cut -c1-16)
image="$cache/$key"
if [[ -f $image/initramfs && -f $image/vmlinuz ]]; then
  echo "$image"
  exit
fi

started=$SECONDS
say "building the virtual machine in $image"
say "downloading $(wc -l <<<"$uris") Debian packages, $(awk '{s += $3} END {printf "%.0f MB", s / 1e6}' <<<"$uris")"
apt_empty install --download-only --yes "${packages[@]}" >&2

# The kernel package holds 400 MB of modules: only those needed are unpacked.
mkdir "$work/kernel"
for archive in "$work"/archives/*.deb; do
  case $(basename "$archive") in
    # Needed to install Debian, not to run these programs.
    linux-image-amd64_* | linux-base_* | perl* | libperl* | lib*-perl_* | initramfs-tools* | klibc-utils_* | libklibc_* | dpkg_* | \
      debconf_* | usrmerge_* | systemd_* | systemd-sysv_* | adduser_* | passwd_* | libpam* | sgml-base_* | xml-core_* | logsave_*) ;;
    linux-image-*) dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$work/kernel" ;;
    *) dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$work/root" --keep-directory-symlink \
        --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
        --exclude='./usr/share/info' --exclude='./usr/share/bash-completion' --exclude='./usr/lib/udev/hwdb.d' \
        --exclude='./lib/udev/hwdb.d' --exclude='./usr/lib/x86_64-linux-gnu/gconv' ;;
  esac
done

from="$work/kernel/lib/modules/$version"
to="$work/root/usr/lib/modules/$version"
mkdir -p "$to/kernel"
cp "$from"/modules.{order,builtin,builtin.modinfo} "$to/"
for module in "${modules[@]}"; do
  # Newer kernels have their modules compressed.
  for found in "$from/kernel/$module" "$from/kernel/$module.xz"; do
    [[ -e $found ]] || continue
    mkdir -p "$to/kernel/$(dirname "$module")"
    cp -r "$found" "$to/kernel/$(dirname "$module")/"
  done
done

root="$work/root"
for folder in bin sbin lib lib64; do
  if [[ -d $root/$folder && ! -L $root/$folder ]]; then
    mkdir -p "$root/usr/$folder"
    cp -a "$root/$folder/." "$root/usr/$folder/"
    rm -rf "${root:?}/$folder"
  fi
  ln -sfn "usr/$folder" "$root/$folder"
done
depmod -b "$root" "$version" 2>/dev/null || /sbin/depmod -b "$root" "$version"
mkdir -p "$root"/{proc,sys,dev,run,tmp,var/run,var/lib/dbus,etc,project,node,out,root}
for applet in cat cp cut chmod chown date dmesg echo env grep head hostname id ln ls mkdir mknod mount mv poweroff ps \
  pidof ping rm rmdir sed setsid sh sleep sort stat su sync tail tee test timeout touch tr true udhcpc umount uname wc; do
  [[ -e $root/usr/bin/$applet || -e $root/usr/sbin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
done
ln -sfn bash "$root/usr/bin/sh"
cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
echo 'messagebus:x:101:101::/nonexistent:/usr/sbin/nologin' >> "$root/etc/passwd"
echo 'someone:x:1000:1000::/tmp:/bin/sh' >> "$root/etc/passwd"
echo 'messagebus:x:101:' >> "$root/etc/group"
grep -q '^netdev:' "$root/etc/group" || echo 'netdev:x:102:' >> "$root/etc/group"
echo 'someone:x:1000:' >> "$root/etc/group"
# Installing the package would make these links.
ln -s regulatory.db-debian "$root/usr/lib/firmware/regulatory.db"
ln -s regulatory.db.p7s-debian "$root/usr/lib/firmware/regulatory.db.p7s"
cp "$here/init" "$root/init"
chmod 755 "$root/init"

mkdir -p "$cache"
new=$(mktemp -d "$cache/new.XXXXXX")
(cd "$root" && find . -print0 | cpio --null --create --format=newc --owner=0:0 --quiet | zstd -q -T0 -3 -o "$new/initramfs")
cp "$work/kernel/boot/vmlinuz-$version" "$new/vmlinuz"
awk '{print $2}' <<<"$uris" | sort > "$new/packages"

# What a module is built against. Debian's makefile names its other half by where the package would have installed it.
headers=("linux-headers-$version" "linux-headers-${version%-amd64}-common")
mapfile -t kbuild < <(apt-cache depends "linux-headers-$version" | grep -oE 'linux-kbuild-.*')
(cd "$work/archives" && apt-get -qq -o APT::Sandbox::User=root download "${headers[@]}" "${kbuild[@]}")
for package in "${headers[@]}" "${kbuild[@]}"; do
  dpkg-deb --fsys-tarfile "$work"/archives/"${package}"_*.deb | tar -x -C "$work/kernel" ./usr
done
mkdir "$new/headers"
mv "$work/kernel/usr" "$new/headers/"
sed -i "s|/usr/src/|$image/headers/usr/src/|" "$new/headers/usr/src/linux-headers-$version/Makefile"
ln -s "usr/src/linux-headers-$version" "$new/headers/build"
chmod 755 "$new"
rm -rf "$image"
mv -T "$new" "$image"
say "built in $((SECONDS - started)) s: initramfs of $(du -m "$image/initramfs" | cut -f1) MB, kernel $version"
echo "$image"
