#!/bin/bash
# Measures the captcha: contact sheets, drawing time, and what solvers read of it and of two others.
# Everything but the code lands in a scratch folder outside the repository ($CAPTCHA_SCRATCH).
#
#   scripts/captcha-report/report.sh            about an hour and a half on one core
#   CAPTCHA_QUICK=1 scripts/captcha-report/report.sh    without the trained networks, fewer pictures
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=${CAPTCHA_SCRATCH:-${TMPDIR:-/tmp}/minsu-captcha-report}
ours=1800 others=300 training=10000 fresh=1000
if [ -n "${CAPTCHA_QUICK:-}" ]; then ours=240 others=60; fi
mkdir -p "$scratch"

command -v tesseract >/dev/null || { echo "tesseract is missing: apt-get install tesseract-ocr" >&2; exit 1; }
python=$scratch/venv/bin/python
if [ ! -x "$python" ]; then python3 -m venv "$scratch/venv"; fi
"$scratch/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"

echo "== pictures"
cargo build --quiet --release --manifest-path "$root/Cargo.toml" -p minsu-captcha --example pictures
pictures=${CARGO_TARGET_DIR:-$root/target}/release/examples/pictures
"$pictures" "$scratch/minsu" $ours 1001
"$python" "$here/lepture.py" "$scratch/lepture" $others
mkdir -p "$scratch/rust-captcha/src"
cp "$here/rust-captcha/main.rs" "$scratch/rust-captcha/src/main.rs"
cat > "$scratch/rust-captcha/Cargo.toml" <<TOML
[package]
name = "others"
version = "0.0.0"
edition = "2021"
[dependencies]
captcha = { version = "=1.0.0", default-features = false }
[workspace]
TOML
cargo build --quiet --release --manifest-path "$scratch/rust-captcha/Cargo.toml" --target-dir "$scratch/rust-captcha/target"
for kind in readme hard; do
    "$scratch/rust-captcha/target/release/others" "$scratch/rust-captcha-$kind" $others $kind
done

echo "== contact sheets"
for layout in 0 1 2 3 4 5; do
    for noise in 0 1 2 3; do
        "$pictures" "$scratch/sheets/$layout-$noise" 24 2001 $layout $noise
        "$python" "$here/sheet.py" "$scratch/sheets/$layout-$noise" "$scratch/sheets/$layout-$noise.png" 0 24 6
    done
done

echo "== solvers"
"$python" "$here/solvers.py" "$scratch"/{minsu,lepture,rust-captcha-readme,rust-captcha-hard} > "$scratch/solvers.json"
"$python" "$here/table.py" "$scratch/solvers.json" | tee "$scratch/solvers.md"

if [ -z "${CAPTCHA_QUICK:-}" ]; then
    echo "== trained networks"
    "$pictures" "$scratch/training" $training 3001
    "$pictures" "$scratch/fresh" $fresh 3002
    for kind in plain attending; do
        "$python" "$here/train_cnn.py" $kind "$scratch/training" "$scratch/fresh" 5 | tee -a "$scratch/networks.tsv"
    done
fi
echo "== done: $scratch"
