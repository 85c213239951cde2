#!/usr/bin/env bash
# What can be said about the driver without running it: that it compiles for Debian 12's two kernels without a warning (W=1)
# and without one from sparse, that checkpatch.pl finds nothing, that its package is made, that the message code passes its
# tests and survives fuzzing in user space. Fetches what it needs with apt, into a cache, and closes with one line: `N passed, N failed`.
# PROXY_WIFI_FUZZ_SECONDS: how long to fuzz, 20 if not given. PROXY_WIFI_GUEST_CHECKS: only the checks whose name matches.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
driver=$(dirname "$here")
cache="${XDG_CACHE_HOME:-$HOME/.cache}/proxy-wifi/guest-driver"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { echo "guest-driver: $*" >&2; }
give_up() {
  say "$*"
  echo '0 passed, 1 failed'
  exit 1
}

install_needed() {
  local needed=() as_root=()
  [[ $(id -u) == 0 ]] || as_root=(sudo)
  for pair in make:make gcc-12:gcc-12 sparse:sparse clang:clang perl:perl xz:xz-utils; do
    command -v "${pair%%:*}" >/dev/null || needed+=("${pair##*:}")
  done
  # The runtime of its sanitizers is a package of its own.
  compgen -G '/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*' >/dev/null || needed+=(libclang-rt-14-dev)
  ((${#needed[@]} > 0)) || return 0
  say "installing Debian packages on this machine: ${needed[*]}"
  "${as_root[@]}" apt-get -qq update
  DEBIAN_FRONTEND=noninteractive timeout 300 "${as_root[@]}" apt-get -qq install --yes --no-install-recommends "${needed[@]}" >&2
}

# The newest package whose name is $1, a version and $2.
newest() { apt-cache pkgnames "$1" | grep -E "^${1//./\\.}[0-9.]*[0-9]([-+][0-9a-z]+)?${2//./\\.}\$" | sort -V | tail -n 1; }

# fetch FOLDER PACKAGE…: unpacks packages there, once for each set of versions.
fetch() {
  local folder=$1
  shift
  [[ ! -e $folder/complete ]] || return 0
  local new
  mkdir -p "$cache"
  new=$(mktemp -d "$cache/new.XXXXXX")
  say "downloading $*"
  (cd "$work" && rm -f ./*.deb && apt-get -qq -o APT::Sandbox::User=root download "$@" && for archive in *.deb; do dpkg-deb -x "$archive" "$new"; done)
  rm -rf "$folder"
  # Header packages refer to each other by where they are installed.
  for makefile in "$new"/usr/src/linux-headers-*-amd64/Makefile; do
    [[ ! -f $makefile ]] || sed -i "s#^include /usr/src#include $folder/usr/src#" "$makefile"
  done
  : >"$new/complete"
  mv -T "$new" "$folder"
}

# The folder to build against for a kernel of this line.
headers() {
  local package version common kbuild
  package=$(newest "linux-headers-$1." -amd64)
  [[ -n $package ]] || { say "Debian's package lists have no headers of $1"; return 1; }
  version=${package#linux-headers-}
  version=${version%-amd64}
  common="linux-headers-$version-common"
  kbuild=$(apt-cache depends "$package" | sed -n 's/^ *Depends: \(linux-kbuild-.*\)/\1/p')
  fetch "$cache/$version" "$package" "$common" "$kbuild" || return 1
  echo "$cache/$version/usr/src/$package"
}

# The style checker, from the kernel's source package.
checkpatch() {
  local folder="$cache/checkpatch"
  if [[ ! -x $folder/scripts/checkpatch.pl ]]; then
    fetch "$cache/source" linux-source-6.12 || return 1
    mkdir -p "$folder"
    tar -xJf "$cache"/source/usr/src/linux-source-6.12.tar.xz -C "$folder" --strip-components=1 \
      linux-source-6.12/scripts/{checkpatch.pl,const_structs.checkpatch,spelling.txt} || return 1
    rm -rf "$cache/source"
  fi
  echo "$folder/scripts/checkpatch.pl"
}

# Is the check of this name wanted?
wanted() { [[ $1 =~ ${PROXY_WIFI_GUEST_CHECKS:-.} ]]; }

passed=0
failed=0
# check NAME COMMAND…: passes if the command does and says nothing.
check() {
  local name=$1 status=0
  shift
  wanted "$name" || return 0
  "$@" >"$work/output" 2>&1 || status=$?
  if [[ $status == 0 && ! -s $work/output ]]; then
    passed=$((passed + 1))
    echo "ok   $name"
  else
    failed=$((failed + 1))
    echo "FAIL $name ($status)"
    sed 's/^/  /' "$work/output"
  fi
}

compiles() {
  local headers=$1
  rm -rf "$work/module"
  mkdir "$work/module"
  cp "$driver"/module/{Kbuild,*.c,*.h} "$work/module/"
  rm -f "$work"/module/*.mod.c
  make -s -C "$headers" M="$work/module" CC=gcc-12 CONFIG_DEBUG_INFO_BTF_MODULES= W=1 "${@:2}" modules && [[ -s $work/module/proxy_wifi.ko ]]
}

# Endianness is checked by default; C=2 checks every file. What sparse says about the kernel's own headers is not ours.
is_clean_for_sparse() {
  compiles "$1" C=2 >"$work/sparse" 2>&1 || { cat "$work/sparse"; return 1; }
  ! grep -E "module/[a-z-]+\.[ch]:.*(warning|error)" "$work/sparse"
}

# Left out: that code should be written for one version, which a module outside of the tree cannot.
has_style() {
  local files=("$driver"/module/*.h)
  for file in "$driver"/module/*.c; do [[ $file == *.mod.c ]] || files+=("$file"); done
  "$1" --no-tree --terse --quiet --ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON -f "${files[@]}" | grep -v '^total: 0 errors, 0 warnings'
  return 0
}

user_space=(-std=gnu11 -g -O1 -Wall -Wextra -Werror -Wno-unused-parameter -I"$here" -I"$driver/module"
  -fno-sanitize-recover=all)

passes_its_tests() {
  gcc-12 "${user_space[@]}" -fsanitize=address,undefined "$here/messages-test.c" "$driver/module/messages.c" -o "$work/messages-test"
  "$work/messages-test" >"$work/tests" || { cat "$work/tests"; return 1; }
  tail -n 1 "$work/tests" >&3
}

# From frames that are right on.
survives_fuzzing() {
  clang "${user_space[@]}" -fsanitize=fuzzer,address,undefined "$here/fuzz.c" "$driver/module/messages.c" -o "$work/fuzz"
  mkdir -p "$work/corpus"
  printf '\x02\x29\0\0\0\x01\0\x01\x01\0\0\0\x29\0\0\0\x02\0\0\0\0\x01\x11\0\xd6\xff\xff\xff\x64\0\xe0\xcd\x24\0\x06\0\0\0\x1a\0\0\0\0\x04cafe' >"$work/corpus/scan"
  printf '\x04\x10\0\0\0\x01\0\0\0\x02\0\0\0\0\x01\x05\0\0\0\0\0\0\0' >"$work/corpus/connect"
  printf '\x0a\x11\0\0\0\x01\0\x03\0\0\0\x01\x02\x03\x04\x05\x06\x07\x08\x01\x30\x75\0\0' >"$work/corpus/hello"
  printf '\x08\x01\0\0\0\x01\0\xc4' >"$work/corpus/signal"
  "$work/fuzz" -max_total_time="${PROXY_WIFI_FUZZ_SECONDS:-20}" -max_len=8192 -artifact_prefix="$work/" "$work/corpus" >"$work/fuzzing" 2>&1 ||
    { tail -n 40 "$work/fuzzing"; return 1; }
  tail -n 1 "$work/fuzzing" >&3
}

# With every source in it, under the version that module and project have.
makes_its_package() {
  local package missing
  package=$("$driver/make-deb.sh" "$work") || return 1
  missing=$(comm -13 <(dpkg-deb -c "$package" | sed -n 's#.*/module/\(..*\)#\1#p' | sort) <(cd "$driver/module" && ls Kbuild ./*.h ./*.c | sed 's#^\./##' | grep -v '\.mod\.c$' | sort))
  [[ -z $missing ]] || { echo "not in the package: $missing"; return 1; }
  sh -n "$driver/boot/set-up"
}

install_needed || give_up 'the packages could not be installed'
exec 3>&1
for kernel in 6.1 6.12; do
  wanted "compiles without a warning for $kernel (W=1)" || wanted "sparse finds nothing for $kernel" || continue
  build=$(headers "$kernel") || give_up "the headers of $kernel could not be fetched"
  check "compiles without a warning for $kernel (W=1)" compiles "$build"
  check "sparse finds nothing for $kernel" is_clean_for_sparse "$build"
done
script=''
! wanted 'checkpatch.pl finds nothing' || script=$(checkpatch) || give_up 'checkpatch.pl could not be fetched'
check 'checkpatch.pl finds nothing' has_style "$script"
check 'its package is made' makes_its_package
check 'the message code passes its tests' passes_its_tests
check 'the message code survives fuzzing' survives_fuzzing
echo "$passed passed, $failed failed"
exit "$((failed > 0))"
