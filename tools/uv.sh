#!/bin/sh
# The environment's uv, told of the mirror that pip is set to (PIP_INDEX_URL, pip.conf), if any.
set -eu
VENV=$(dirname "$0")/../.venv

setting() {
  "$VENV/bin/python" -m pip config list 2>/dev/null |
    sed -n "s/^[^=]*\\.$1='\\(.*\\)'\$/\\1/p" | sed -e 's/\\n/ /g' | tail -n 1
}

index=${PIP_INDEX_URL:-$(setting index-url)}
extra=${PIP_EXTRA_INDEX_URL:-$(setting extra-index-url)}
if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
  export UV_DEFAULT_INDEX="$index"
  if [ -n "$extra" ] && [ -z "${UV_INDEX:-}${UV_EXTRA_INDEX_URL:-}" ]; then
    # Each package is checked against its hash, so it does not matter which index sends it.
    export UV_INDEX="$extra" UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}"
  fi
fi
if [ -n "${PIP_CERT:-}" ] && [ -z "${SSL_CERT_FILE:-}" ]; then export SSL_CERT_FILE="$PIP_CERT"; fi
exec "$VENV/bin/uv" "$@"
