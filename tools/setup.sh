#!/bin/sh
# Make .venv from the locks, on a machine that has Python and may have nothing else.
# usage: tools/setup.sh run|dev
#   run   what the product needs
#   dev   that, and what tests and checks need
set -eu
cd "$(dirname "$0")/.."
HERE=$PWD
VENV=$HERE/.venv

say() { printf '%s\n' "$*"; }
fail() {
  printf '\nmake setup: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

case ${1:-dev} in
  run) LOCK=requirements.lock ;;
  dev) LOCK=requirements-dev.lock ;;
  *) fail "unknown kind '$1'" "Say run or dev." ;;
esac

# --- is there anything to do? ------------------------------------------------------------------

# The folder is part of it: an environment that was moved or copied does not work.
state_of() { { printf '%s\n' "$HERE"; cat tools/bootstrap.lock "$1" pyproject.toml; } | sha256sum | cut -d' ' -f1; }

made() { [ -x "$VENV/bin/python" ] && [ "$(cat "$VENV/made-from-$1" 2>/dev/null)" = "$(state_of "$2")" ]; }

if made dev requirements-dev.lock; then exit 0; fi # it holds what the product needs, too
if [ "$LOCK" = requirements.lock ] && made run requirements.lock; then exit 0; fi
# Tools of the tests that are there stay there.
if [ "$LOCK" = requirements.lock ] && [ -e "$VENV/made-from-dev" ]; then LOCK=requirements-dev.lock; fi

# --- Python ------------------------------------------------------------------------------------

find_python() {
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
}

PYTHON=$(find_python)
[ -n "$PYTHON" ] || fail "Python 3.11 or newer is needed and was not found." \
  "Install it (on Debian 12, Ubuntu 24.04 or newer: apt-get install python3)," \
  "or name one: make setup PYTHON=/path/to/python3.11"

rm -f "$VENV/made-from-dev" "$VENV/made-from-run" # until it is whole again

# --- an environment with pip -------------------------------------------------------------------

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

SUDO=
[ "$(id -u)" = 0 ] || SUDO='sudo -n'
may_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

apt_install() {
  say "  installing from Debian: $*"
  apt="$SUDO env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0"
  if { $apt update && $apt install -y --no-install-recommends "$@"; } >"$WORK/apt.log" 2>&1; then return; fi
  tail -n 5 "$WORK/apt.log" >&2
  return 1
}

working() { "$VENV/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

fresh() {
  clear=--clear
  if working; then clear=; fi
  # shellcheck disable=SC2086 # an option or none
  "$PYTHON" -m venv $clear "$@" "$VENV" >"$WORK/venv.log" 2>&1
}

has_pip() { working && "$VENV/bin/python" -m pip --version >/dev/null 2>&1; }

with_own_pip() { { has_pip || fresh; } && has_pip && PIP="$VENV/bin/python -m pip"; }

with_the_machines_pip() {
  fresh --without-pip && "$PYTHON" -m pip --python "$VENV/bin/python" --version >/dev/null 2>&1 &&
    PIP="$PYTHON -m pip --python $VENV/bin/python"
}

with_debians_venv() {
  may_install || return 1
  version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  apt_install "python$version-venv" && with_own_pip
}

# Debian keeps pip as a wheel inside a package; unpacking one needs no rights.
with_debians_wheel() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  say "  taking pip out of Debian's python3-pip-whl (unpacked, not installed)"
  mkdir -p "$WORK/lists/partial" "$WORK/cache/archives/partial" "$WORK/deb"
  options="-qq -o Dir::State::Lists=$WORK/lists -o Dir::Cache=$WORK/cache -o Debug::NoLocking=1"
  (
    cd "$WORK/deb"
    # shellcheck disable=SC2086 # a list of options
    apt-get -qq download python3-pip-whl || { apt-get $options update && apt-get $options download python3-pip-whl; }
  ) >"$WORK/apt.log" 2>&1 || { tail -n 5 "$WORK/apt.log" >&2; return 1; }
  dpkg-deb -x "$WORK"/deb/python3-pip-whl_*.deb "$WORK/deb" || return 1
  wheel=$(find "$WORK/deb" -name 'pip-*.whl' | head -n 1)
  [ -n "$wheel" ] && fresh --without-pip && PIP="$VENV/bin/python $wheel/pip"
}

say "Making .venv from $LOCK"
PIP=
with_own_pip || with_the_machines_pip || with_debians_venv || with_debians_wheel ||
  fail "this Python cannot make an environment with pip, and pip could not be had otherwise." \
    "Install it and run 'make setup' again. On Debian or Ubuntu, as root:" \
    "    apt-get install python3-venv" \
    "Elsewhere: install pip for $PYTHON."

# --- the locked packages -----------------------------------------------------------------------

retry() { # a registry that stumbles once is no reason to stop
  "$@" || { say "  once more, in 5 seconds"; sleep 5; "$@"; }
}

# shellcheck disable=SC2086 # a command with its options
retry $PIP install --quiet --disable-pip-version-check --no-warn-script-location --no-deps \
  --require-hashes -r tools/bootstrap.lock ||
  fail "the packages in tools/bootstrap.lock could not be installed; pip's reason is above." \
    "Nothing was changed. Check the connection to PyPI (or pip's settings for your mirror)" \
    "and run 'make setup' again."

with_uv() {
  sh tools/uv.sh pip sync --python "$VENV/bin/python" --require-hashes tools/bootstrap.lock "$LOCK"
}
with_pip() {
  say "  uv could not; trying pip, which takes a little longer"
  # shellcheck disable=SC2086
  $PIP install --disable-pip-version-check --no-deps --require-hashes -r "$LOCK"
}
with_uv || retry with_pip ||
  fail "the packages in $LOCK could not be installed; the reason is above." \
    "Nothing was changed. Check the connection to PyPI and the space on this disk," \
    "and run 'make setup' again."

# --- our own package, as this folder -------------------------------------------------------------

"$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation \
  --offline --editable . ||
  fail "the package itself could not be installed; the reason is above."

if [ "$LOCK" = requirements.lock ]; then kind=run; else kind=dev; fi
state_of "$LOCK" >"$VENV/made-from-$kind"
