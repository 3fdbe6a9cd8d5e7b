#!/usr/bin/env bash
# Measures a release server on the embedded default: time from start to ready, memory, and the rate
# of some calls as a ratio to the fixed answer of /healthz, pair by pair in alternation, so that a
# noisy machine disturbs both sides alike. Needs wrk (Debian: apt-get install wrk).
set -euo pipefail
cd "$(dirname "$0")/.."

command -v wrk >/dev/null 2>&1 || { echo "make bench needs wrk: apt-get install wrk" >&2; exit 1; }
binary=${BENCH_BINARY:-target/release/minsu}
[ -n "${BENCH_BINARY:-}" ] || cargo build --release --workspace --bins

folder=$(mktemp -d)
listen=127.0.0.1:${BENCH_PORT:-18080}
export MINSU_PROFILE=dev MINSU_DATA_DIR="$folder" MINSU_SERVER__LISTEN="$listen" MINSU_LOG__FILTER=error
server=
stop() { [ -z "$server" ] || { kill -TERM "$server" 2>/dev/null && wait "$server"; } || true; server=; }
trap 'stop; rm -rf "$folder"' EXIT
start() {
  "$binary" serve &
  server=$!
  for _ in $(seq 1 1000); do curl -sf -o /dev/null "http://$listen/readyz" && return; sleep 0.01; done
  echo "the server is not ready" >&2
  exit 1
}

start # the first start makes the database and the demo houses
stop
"$binary" seed --houses 2000 --orders 2000 2>/dev/null
before=$(date +%s%N)
start
echo "start to ready: $((($(date +%s%N) - before) / 1000000)) ms"
echo "idle memory:    $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$server/status") MB"

rate() { wrk -t1 -c16 -d2s "http://$listen$1" | awk '/Requests\/sec/ { print $2 }'; }
printf '%-44s %8s %8s %8s  (ratio to /healthz, of 5 pairs)\n' call least median most
for call in /api/v1.0/areas /api/v1.0/houses/index '/api/v1.0/houses?aid=3&p=1' /api/v1.0/houses/1 /api/house/list2; do
  ratios=$(for _ in 1 2 3 4 5; do awk -v a="$(rate "$call")" -v b="$(rate /healthz)" 'BEGIN { printf "%.3f\n", a / b }'; done | sort -n)
  printf '%-44s %8s %8s %8s\n' "$call" "$(sed -n 1p <<<"$ratios")" "$(sed -n 3p <<<"$ratios")" "$(sed -n 5p <<<"$ratios")"
done
echo "peak memory:    $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$server/status") MB"
