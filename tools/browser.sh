#!/bin/sh
# See to it that there is a Chromium for the browser tests; where there cannot be one, say so and go on.
set -eu

for name in "${PLATEWARD_CHROMIUM:-chromium}" chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done

SUDO=
[ "$(id -u)" = 0 ] || SUDO='sudo -n'
if command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  echo "Installing Chromium for the browser tests (Debian package chromium, about 100 MB, a minute or two)"
  apt="$SUDO env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0"
  if { $apt update && $apt install -y --no-install-recommends chromium; } >"$log" 2>&1; then exit 0; fi
  tail -n 5 "$log" >&2
fi

cat >&2 <<'END'
!! CHROMIUM IS NOT INSTALLED AND COULD NOT BE: THE BROWSER TESTS WILL BE SKIPPED.
!! As root: apt-get install chromium. Or name a binary: PLATEWARD_CHROMIUM=/path/to/chrome make test
END
