#!/usr/bin/env bash
# Builds the release binaries and measures them; options go to minsu-bench, such as --write.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --workspace --bins
case "${*:-all}" in
  all | --write)
    target/release/minsu-bench "$@"
    target/release/minsu-bench size "$@"
    target/release/minsu-bench bookings "$@"
    ;;
  *) exec target/release/minsu-bench "$@" ;;
esac
