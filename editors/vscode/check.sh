#!/bin/sh
# Types, bundle, package and colours of the extension. Closes with how many of these passed, or that they were skipped.
set -eu
cd "$(dirname "$0")"
command -v npm > /dev/null || {
    echo "1 skipped: npm (Node.js) was not found"
    exit 0
}
npm ci --silent --no-audit --no-fund --ignore-scripts
npm run --silent check
npm run --silent bundle
npm run --silent package
npm run --silent colours
echo "4 passed"
