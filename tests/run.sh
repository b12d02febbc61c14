#!/bin/sh
# Sets up everything in a private virtual environment, then runs every test and check. Closes with the number of tests.
set -eu
cd "$(dirname "$0")/.."
. tests/setup.sh
exec "$FERROKEET_VENV/bin/python" tests/run.py "$@"
