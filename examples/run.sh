#!/bin/sh
# Sets up everything in a private virtual environment, then runs every example in CPython and translated.
set -eu
cd "$(dirname "$0")/.."
. tests/setup.sh
exec "$FERROKEET_VENV/bin/python" examples/compare.py "$@"
