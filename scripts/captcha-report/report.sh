#!/bin/bash
# Measures the captcha: drawing time, contact sheets, and what solvers and trained networks read of
# it, beside two others. `make captcha-report` runs it; about 30 minutes on one core, of which the
# trained networks take 10.
#
#   CAPTCHA_SCRATCH=FOLDER   where everything lands (target/captcha-report)
#   CAPTCHA_PICTURES=3000    so many of ours, so that single families tell something (400)
#   CAPTCHA_QUICK=1          few pictures and no trained networks: does it work at all?
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
scratch=${CAPTCHA_SCRATCH:-$target/captcha-report}
ours=${CAPTCHA_PICTURES:-400} others=300 training=10000 fresh=1000 minutes=5
if [ -n "${CAPTCHA_QUICK:-}" ]; then ours=60 others=20; fi
# One core, whatever the libraries think of the machine.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMP_THREAD_LIMIT=1
mkdir -p "$scratch"

command -v tesseract >/dev/null || { echo "tesseract is missing: apt-get install tesseract-ocr" >&2; exit 1; }
python=$scratch/venv/bin/python
if [ ! -x "$python" ]; then python3 -m venv "$scratch/venv"; fi
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"

echo "== drawing"
cargo bench --quiet --manifest-path "$root/Cargo.toml" -p minsu-captcha --bench drawing | tee "$scratch/drawing.txt"

echo "== pictures"
cargo build --quiet --release --manifest-path "$root/Cargo.toml" -p minsu-captcha --example pictures
pictures=$target/release/examples/pictures
"$pictures" "$scratch/minsu" "$ours" 1001
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
while read -r layout noise name; do
    "$pictures" "$scratch/sheets/$name" 24 2001 "$layout" "$noise"
    "$python" "$here/sheet.py" "$scratch/sheets/$name" "$scratch/sheets/$name.png" 0 24 4
done < <("$pictures" families)

echo "== solvers"
"$python" "$here/solvers.py" "$scratch"/{minsu,lepture,rust-captcha-readme,rust-captcha-hard} > "$scratch/solvers.json"
"$python" "$here/table.py" "$scratch/solvers.json" | tee "$scratch/solvers.md"

if [ -z "${CAPTCHA_QUICK:-}" ]; then
    echo "== trained networks"
    "$pictures" "$scratch/training" $training 3001
    "$pictures" "$scratch/fresh" $fresh 3002
    : > "$scratch/networks.tsv"
    for kind in plain attending; do
        "$python" "$here/train_cnn.py" $kind "$scratch/training" "$scratch/fresh" $minutes | tee -a "$scratch/networks.tsv"
    done
fi
echo "== done: $scratch"
