#!/usr/bin/env bash
# Format, lints, scripts; licences and advisories where cargo-deny is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
# Names are terms of the field.
scripts/lint-words.py
cargo clippy --workspace --all-targets --quiet -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet
# The bill of materials can be made, and names a licence for everything.
scripts/sbom.py | python3 -c 'import json, sys
bill = json.load(sys.stdin)
unlicensed = [part["name"] for part in bill["components"] if "licenses" not in part and not part["name"].startswith("minsu-")]
assert len(bill["components"]) > 100 and not unlicensed, unlicensed'
if command -v shellcheck >/dev/null 2>&1; then
  git ls-files '*.sh' .ci/run docs/operations/debian/postinst docs/operations/admin | xargs -r shellcheck
else
  echo "shellcheck is not installed: scripts were not checked"
fi
scripts/lint-operations.sh
if command -v cargo-deny >/dev/null 2>&1; then
  cargo deny --all-features check --hide-inclusion-graph bans licenses sources
  # The list of advisories lies elsewhere: a network that is down is no defect of the code.
  if cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --offline --all-features check --hide-inclusion-graph advisories
  else
    echo "the advisories cannot be fetched: they were not checked"
  fi
else
  echo "cargo-deny is not installed: licences and advisories were not checked"
fi
