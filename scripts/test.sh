#!/usr/bin/env bash
# Runs every test and says how many there were. Servers are started by the tests that need them.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
cargo test --workspace --no-fail-fast 2>&1 | tee "$log" || status=$?

passed=$(sed -nE 's/^test result: [^0-9]*([0-9]+) passed; ([0-9]+) failed.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
failed=$(sed -nE 's/^test result: [^0-9]*([0-9]+) passed; ([0-9]+) failed.*/\2/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
echo "$passed passed, $failed failed"
exit "$status"
