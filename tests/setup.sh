# Sourced by the README's commands, from the root of the checkout: makes sure that the tools are there, and leaves
# Ferrokeet installed in a private virtual environment, $FERROKEET_VENV (default: .venv).

for tool in cargo cc; do
    command -v "$tool" > /dev/null || {
        echo "error: $tool was not found; Ferrokeet needs Rust (https://rustup.rs) and a C compiler as linker" >&2
        exit 1
    }
done
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "error: $python is older than 3.11; set PYTHON to a newer one" >&2
    exit 1
}
FERROKEET_VENV=${FERROKEET_VENV:-$PWD/.venv}
export FERROKEET_VENV
[ -x "$FERROKEET_VENV/bin/python" ] || "$python" -m venv "$FERROKEET_VENV"
echo "Installing Ferrokeet into $FERROKEET_VENV (the first time takes a few minutes) ..." >&2
# What is installed is the wheel that would be released; with what else its users' builds need beside it, tests do without an index.
rm -rf target/wheels
"$FERROKEET_VENV/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps -w target/wheels . ./runtime/host
"$FERROKEET_VENV/bin/python" -m pip download --quiet --disable-pip-version-check -d target/wheels "numpy>=2" "setuptools>=77" "setuptools-rust>=1.10" hatchling
wheel=$(echo target/wheels/ferrokeet-*.whl)
"$FERROKEET_VENV/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel[test]"
"$FERROKEET_VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall "$wheel"
