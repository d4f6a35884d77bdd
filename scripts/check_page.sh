#!/usr/bin/env bash
# Checks the page's JavaScript: its format, its types and its unit tests. The page needs no build.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
  echo "node is not installed: the page's types and unit tests are not checked" >&2
  exit 0
fi
if ! cmp --silent package-lock.json node_modules/.checked; then
  npm ci --silent --no-audit --no-fund
  cp package-lock.json node_modules/.checked
fi
npm run --silent check
