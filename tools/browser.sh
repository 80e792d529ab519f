#!/usr/bin/env bash
# Finds Chrome or Chromium for the browser tests, or installs it where it can, or says what to do.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in "${ITGUIDE_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
  [ -n "$name" ] && command -v "$name" >/dev/null && exit 0
done
[ -d "/Applications/Google Chrome.app" ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium for the browser tests…"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-liberation iproute2 >/dev/null && exit 0
fi
echo "Installing Chromium for the browser tests with Playwright…"
.venv/bin/python -m playwright install chromium && exit 0
echo "No Chrome or Chromium was found. Install one (or set ITGUIDE_CHROMIUM to its path) and run make test again." >&2
exit 1
