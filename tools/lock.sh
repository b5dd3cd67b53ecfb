#!/bin/sh
# Write the four locks anew: newest versions that fit, each with its hashes. Run by `make lock`.
set -eu
cd "$(dirname "$0")/.."

compile() {
  sh tools/uv.sh pip compile --quiet --generate-hashes --universal --python-version 3.11 --upgrade \
    --no-emit-index-url --custom-compile-command "make lock" "$@"
}

compile tools/bootstrap.in -o tools/bootstrap.lock
compile tools/node.in -o tools/node.lock
compile pyproject.toml --extra server -c tools/bootstrap.lock -o requirements.lock
compile pyproject.toml --extra server --extra video --extra ray --group dev -c tools/bootstrap.lock -c requirements.lock \
  -o requirements-dev.lock
echo "Wrote requirements.lock, requirements-dev.lock, tools/bootstrap.lock and tools/node.lock."
echo "Read the difference, run 'make test', and note the change in CHANGELOG.md."
