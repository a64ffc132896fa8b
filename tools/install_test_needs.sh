#!/usr/bin/env bash
# Installs what the tests need from the system and pip cannot bring: PostgreSQL, Chromium, a CJK font. wrk is for the bench.
#
#   tools/install_test_needs.sh [postgresql] [chromium] [fonts] [wrk]     (without arguments: the first three)
#
# Does nothing for what is already there. Installs with apt-get, as root or through sudo.
set -euo pipefail

needs=("$@")
[ ${#needs[@]} -gt 0 ] || needs=(postgresql chromium fonts)

has_postgresql() { compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null; }
has_chromium() { [ -x /usr/bin/chromium ]; }
has_wrk() { command -v wrk >/dev/null; }
# Counting through a variable: with pipefail, `grep -q` leaving early would fail the pipe.
has_fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family)" ]; }

packages=()
for need in "${needs[@]}"; do
  case "$need" in
    postgresql) has_postgresql || packages+=(postgresql) ;;
    chromium) has_chromium || packages+=(chromium) ;;
    wrk) has_wrk || packages+=(wrk) ;;
    fonts) has_fonts || packages+=(fontconfig fonts-noto-cjk) ;;
    *) echo "install_test_needs: unknown need '$need' (postgresql, chromium, fonts, wrk)" >&2; exit 2 ;;
  esac
done
[ ${#packages[@]} -gt 0 ] || exit 0

by_hand="install by hand, then try again: apt-get install ${packages[*]}"
command -v apt-get >/dev/null || { echo "The tests need ${packages[*]}, and this system has no apt-get: $by_hand" >&2; exit 1; }
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
  as_root=(sudo)
else
  echo "The tests need ${packages[*]}. We are not root and cannot use sudo here: $by_hand" >&2
  exit 1
fi

# Nothing of what follows may ask a question; a freshly installed server need not start by itself.
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@"; }

echo "Installing for the tests: ${packages[*]}"
if ! apt install -y --no-install-recommends "${packages[@]}"; then
  echo "The package lists may be old: refreshing them once"
  apt update
  apt install -y --no-install-recommends "${packages[@]}"
fi

for need in "${needs[@]}"; do
  "has_$need" || { echo "install_test_needs: $need is still missing after the installation" >&2; exit 1; }
done
