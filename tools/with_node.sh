#!/usr/bin/env bash
# Runs a command with Node 18 or newer on the PATH.
#
#   tools/with_node.sh npm ci
#
# Takes the machine's own Node when it is new enough and has npm, else the one PyPI carries, inside .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

new_enough() {
  command -v node >/dev/null && command -v npm >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 18 ]
}

if ! new_enough; then
  export PATH="$PWD/.venv/bin:$PATH"
  hash -r
  if ! new_enough; then
    tools/make_venv.sh requirements-node.txt
    hash -r
    new_enough || { echo "Node 18 or newer is needed, and the one from PyPI does not run here" >&2; exit 1; }
  fi
fi
exec "$@"
