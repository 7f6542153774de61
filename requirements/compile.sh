#!/bin/sh
# Pins every dependency with its hashes, for all platforms, without naming a registry.
# Run from the repository's root inside the virtual environment: `make lock`.
set -eu
compile() { uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml "$@"; }
compile -o requirements/production.txt
compile --extra sandbox -o requirements/sandbox.txt -c requirements/production.txt
compile --extra sandbox --extra embedded --extra demo --group dev -o requirements/development.txt -c requirements/production.txt
