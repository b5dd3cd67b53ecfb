#!/bin/sh
# See to it that a Chromium can be driven by the browser tests; where it cannot, say so and go on.
set -eu
cd "$(dirname "$0")/.."

has_chromium() {
  for name in "${PLATEWARD_CHROMIUM:-chromium}" chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}
# What drives the browser comes with the Python package, but for one library.
has_driver() { .venv/lib/python3*/site-packages/playwright/driver/node --version >/dev/null 2>&1; }

missing() {
  has_chromium || echo chromium
  has_driver || echo libatomic1
}

wanted=$(missing | tr '\n' ' ')
if [ -z "$wanted" ]; then exit 0; fi

SUDO=
[ "$(id -u)" = 0 ] || SUDO='sudo -n'
if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  echo "Installing from Debian for the browser tests: $wanted(about 100 MB, a minute or two)"
  apt="$SUDO env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0"
  # shellcheck disable=SC2086 # a list of packages
  if { $apt update && $apt install -y --no-install-recommends $wanted; } >"$log" 2>&1 &&
    [ -z "$(missing)" ]; then exit 0; fi
  tail -n 5 "$log" >&2
fi

cat >&2 <<END
!! NOT INSTALLED, AND COULD NOT BE: $wanted-- THE BROWSER TESTS WILL BE SKIPPED.
!! As root: apt-get install $wanted
!! A browser that is there already can be named: PLATEWARD_CHROMIUM=/path/to/chrome make test
END
