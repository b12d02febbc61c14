#!/bin/sh
# Tries the packaged extension in a real VS Code: code-server 4.100 (VS Code 1.100) and a headless Chromium, with a picture of each step.
#
#     sh editors/vscode/try.sh [FOLDER FOR PICTURES]
#
# Needs Node.js 20 with npm, a C++ compiler, Chromium (CHROMIUM names it, else /usr/bin/chromium), and the `ferrokeet` command
# (FERROKEET_BIN, else the one on PATH). What it installs, some 600 MB, stays in editors/vscode/try/node_modules. Too much for
# continuous integration, which builds the package and tries the server by itself.
set -eu
pictures=$(realpath -m "${1:-$(dirname "$0")/pictures}")
command=${FERROKEET_BIN:-$(command -v ferrokeet)}
cd "$(dirname "$0")"
sh check.sh
cd try
if [ ! -e node_modules/.complete ]; then
    # Headers that lie beside Node.js need no download.
    headers=$(dirname "$(dirname "$(command -v node)")")
    [ ! -e "$headers/include/node/node.h" ] || export npm_config_nodedir="$headers"
    npm install --ignore-scripts --no-audit --no-fund --no-package-lock
    npm rebuild argon2
    cd node_modules/code-server/lib/vscode
    npm install --omit=dev --ignore-scripts --no-audit --no-fund
    # What VS Code's own scripts would build, but for what this needs not (Kerberos).
    npm rebuild node-pty @vscode/spdlog native-watchdog @parcel/watcher
    ln -sfn node_modules node_modules.asar
    (cd extensions && npm install --omit=dev --ignore-scripts --no-audit --no-fund)
    cd ../../../..
    touch node_modules/.complete
fi
exec node try.mjs ../dist/ferrokeet.vsix "$command" "$pictures"
