#!/usr/bin/env bash
# Lets schemathesis read the served OpenAPI document and call everything that it says in every way it
# can think of: with statuses of their own for refusals (every check holds), through the native API with its own
# document, and as the old pages need it (all 200, so that the two checks that look for the status of a refusal
# are off). Takes a few minutes. BINARY is the program; FUZZ_SECONDS bounds each of the three runs; FUZZ_SEED makes
# up other calls.
set -euo pipefail
cd "$(dirname "$0")/.."

binary=${BINARY:-target/debug/minsu}
seconds=${FUZZ_SECONDS:-120}
seed=${FUZZ_SEED:-20261127}
tools=target/tools/schemathesis
version=4.32.5
[ -x "$binary" ] || cargo build --workspace --bins
if [ "$("$tools/bin/schemathesis" --version 2>/dev/null)" != "schemathesis, version $version" ]; then
  python3 -m venv --clear "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi

# A client that calls everything all the time would soon be limited.
for limit in SMS_PER_MOBILE_MINUTE SMS_PER_MOBILE_HOUR SMS_PER_MOBILE_DAY SMS_PER_ADDRESS_DAY SMS_PER_DAY \
  CAPTCHAS_PER_ADDRESS_MINUTE LOGIN_FAILURES LOGIN_FAILURES_ADDRESS WAITING_ORDERS_PER_GUEST REQUESTS_PER_SECOND; do
  export "MINSU_LIMITS__$limit=0"
done

work=$(mktemp -d)
server=
stop() { if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; fi; }
trap 'stop; rm -rf "$work"' EXIT

run() { # name, business_status, path of the document, options of schemathesis
  local name=$1 status=$2 document=$3
  shift 3
  export MINSU_DATA_DIR=$work/$name
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  MINSU_PROFILE=dev MINSU_SERVER__LISTEN=127.0.0.1:$port MINSU_SERVER__BUSINESS_STATUS=$status \
    MINSU_PASSWORDS__MEMORY_KIB=64 MINSU_PASSWORDS__ITERATIONS=1 MINSU_LOG__FILTER=warn \
    "$binary" serve 2>"$work/$name.log" &
  server=$!
  for _ in $(seq 200); do
    curl --silent --fail --noproxy '*' --output /dev/null "http://127.0.0.1:$port/readyz" && break
    sleep 0.1
  done
  export SITE=http://127.0.0.1:$port
  if ! "$tools/bin/schemathesis" --config-file scripts/fuzz-api/schemathesis.toml run "$SITE$document" \
    --max-time "$seconds" --seed "$seed" "$@"; then
    echo "the log of the server:" >&2
    tail -n 20 "$work/$name.log" >&2
    exit 1
  fi
  # A panic would have ended a connection only.
  if grep -q "a panic" "$work/$name.log"; then
    cat "$work/$name.log" >&2
    exit 1
  fi
  stop
}

run statuses true /openapi.json
run native false /api/v2/openapi.json
run pages false /openapi.json --exclude-checks negative_data_rejection,ignored_auth
