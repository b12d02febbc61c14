#!/bin/sh
# Installs Ferrokeet and its peers into an environment of their own, measures, and writes the table and chart to docs/.
set -eu
cd "$(dirname "$0")/.."
FERROKEET_VENV=${FERROKEET_VENV:-$PWD/.venv-bench}
. tests/setup.sh
"$FERROKEET_VENV/bin/python" -m pip install --quiet numba
exec "$FERROKEET_VENV/bin/python" benches/compare.py --write docs "$@"
