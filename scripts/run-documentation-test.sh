#!/usr/bin/env bash
# Runs the shell blocks of a page (README.md, or the page that is named) as a reader would who pastes
# them, and checks that every block prints what its "# →" lines promise, in their order; "…" stands for
# anything. What a page takes from outside (SITE, MINSU_DATA_DIR, …) it says itself. Processes that the
# blocks leave in the background end with this.
set -euo pipefail
cd "$(dirname "$0")/.."

page=$(realpath "${1:-README.md}")
REPOSITORY=$PWD
# Where minsu lies, if it is not installed.
PATH=${BIN_DIR:+$BIN_DIR:}$PATH
export REPOSITORY PATH
work=$(mktemp -d)
finish() {
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap finish EXIT

# One file per block, so that a promise is looked for in the output of its own block.
awk -v folder="$work" '
  /<!-- tour:/ { on = 1 }
  /<!-- end of the tour -->/ { on = 0 }
  on && /^```sh$/ { inside = 1; block = sprintf("%s/%02d.sh", folder, ++count); next }
  /^```$/ { inside = 0 }
  inside { print > block }
' "$page"

blocks=("$work"/*.sh)
[ -e "${blocks[0]}" ] || { echo "$page has no tour" >&2; exit 1; }

# The blocks share one shell, as they do in a terminal.
promises=0
for block in "${blocks[@]}"; do
  # shellcheck disable=SC1090
  source "$block" >"$block.out"
  rest=$(cat "$block.out")
  while IFS= read -r promise; do
    pieces=${promise#\# → }
    while [ -n "$pieces" ]; do
      piece=${pieces%%…*}
      case $rest in
        *"$piece"*) rest=${rest#*"$piece"} ;;
        *)
          printf 'the tour promises\n  %s\nbut this is what came:\n%s\n' "$promise" "$(cat "$block.out")" >&2
          exit 1
          ;;
      esac
      case $pieces in
        *…*) pieces=${pieces#*…} ;;
        *) pieces= ;;
      esac
    done
    promises=$((promises + 1))
  done < <(grep '^# → ' "$block" || true)
done
echo "the documentation holds: ${#blocks[@]} blocks, $promises promises"
