#!/usr/bin/env bash
# Makes .venv with the pinned dependencies; says what to install where something is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
python=""
for name in python3.13 python3.12 python3.11 python3 python; do
  if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11 or later is needed. Install it (Debian and Ubuntu: apt install python3 python3-venv) and run make again." >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "Python's venv module is missing. Install it (Debian and Ubuntu: apt install python3-venv) and run make again." >&2
  exit 1
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip -q
echo "Installing the pinned dependencies into .venv (some minutes the first time)…"
.venv/bin/python -m pip install -q -c constraints.txt -e '.[instructor,dev]'
touch .venv/.installed
