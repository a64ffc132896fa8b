#!/usr/bin/env bash
# Creates .venv when it is absent and installs one requirements file into it.
#
#   tools/make_venv.sh requirements.txt
#
# PYTHON names the interpreter to build it with (3.11 or newer); without it the first suitable one is taken.
set -euo pipefail
cd "$(dirname "$0")/.."

suitable() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  for python in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    suitable "$python" && break
    python=""
  done
  [ -n "$python" ] || { echo "Python 3.11 or newer is needed. Name it with PYTHON=/path/to/python3.11 make ..." >&2; exit 1; }
  echo "Creating .venv with $("$python" --version)"
  "$python" -m venv --clear .venv || {
    echo "The virtual environment could not be made. On Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 1
  }
fi

echo "Installing $1 into .venv"
.venv/bin/python -m pip install -qq --disable-pip-version-check -r "$1"
