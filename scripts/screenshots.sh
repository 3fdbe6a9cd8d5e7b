#!/usr/bin/env bash
# Takes the pictures of the site's pages for the documentation, small, into docs/screenshots: public pages of a new
# site with the demo houses, and the pages of people from the browser story of the tests. Needs ImageMagick and a
# font with Chinese characters (Debian: imagemagick webp fonts-noto-cjk).
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "$(fc-list :lang=zh)" ]; then
  echo "there is no font with Chinese characters: install fonts-noto-cjk" >&2
  exit 1
fi
cargo test --workspace --test site_pages
target=${CARGO_TARGET_DIR:-target}
kept=docs/screenshots
folder=$(mktemp -d)
mkdir -p "$kept"

listen=127.0.0.1:8097
MINSU_PROFILE=dev MINSU_SERVER__LISTEN=$listen MINSU_DATA_DIR="$folder/data" "$target/debug/minsu" serve 2>"$folder/log" &
serving=$!
trap 'kill "$serving"; wait "$serving" || true; rm -rf "$folder"' EXIT
until curl -sf "http://$listen/readyz" >/dev/null; do
  kill -0 "$serving"
  sleep 0.2
done

# A file; its name in the documentation; the part from the top, in pixels.
keep() {
  convert "$1" -crop "$3+0+0" +repage -resize 50% -quality 82 -define webp:method=6 "$kept/$2.webp"
}
# A path of the new site, its language, its name in the documentation, the size of the window.
take() {
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$folder/browser-$3" --accept-lang="$2" \
    --window-size="${4/x/,}" --screenshot="$folder/$3.png" "http://$listen$1" 2>/dev/null
  keep "$folder/$3.png" "$3" "$4"
}
take / zh-CN home 1280x1000
take '/houses?guests=2' zh-CN search 1280x1100
take /houses/3 zh-CN listing 1280x1400
take / en home-telephone 500x1000
take /houses/5 en listing-telephone 500x1000
keep "$target/tmp/site-zh-CN-1280-scripts-book.png" book 1280x900
keep "$target/tmp/site-zh-CN-1280-scripts-month.png" month 1280x1100
keep "$target/tmp/site-en-1280-scripts-orders.png" orders 1280x900
