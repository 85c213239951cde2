#!/usr/bin/env bash
# The Windows tests: sets up what they need, runs them under Wine with Node's own node.exe, and ends in one line
# `N passed, N failed`. Arguments: names of suites (all of them without).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$(bash "$here/setup.sh" | tail -1)
exec node --import tsx "$here/run.ts" "$cache" "$@"
