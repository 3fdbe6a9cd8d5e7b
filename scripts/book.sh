#!/usr/bin/env bash
# Builds the book of docs/ into target/book, and follows every link and anchor of what came out: the test of
# the pages knows files, this knows what mdBook made of them.
set -euo pipefail
cd "$(dirname "$0")/.."

mdbook=$(command -v mdbook || true)
if [ -z "$mdbook" ]; then
  tools=$PWD/target/tools/mdbook
  mdbook=$tools/bin/mdbook
  [ -x "$mdbook" ] || cargo install --quiet --locked --root "$tools" mdbook@0.5.4
fi

rm -rf target/book
said=$("$mdbook" build docs 2>&1) || { echo "$said" >&2; exit 1; }
if grep -qE 'WARN|ERROR' <<<"$said"; then
  echo "$said" >&2
  exit 1
fi

python3 - target/book <<'PYTHON'
import html.parser, os, sys, urllib.parse

root = sys.argv[1]


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.anchors, self.links = set(), []
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, _, attributes):
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


files = [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]
pages = {path: Page(path) for path in files if path.endswith(".html")}
followed, broken = 0, []
for path, page in pages.items():
    # These repeat the links of all pages from another place.
    if os.path.basename(path) in ("print.html", "404.html", "toc.html"):
        continue
    for link in page.links:
        url = urllib.parse.urlsplit(link)
        if url.scheme or url.netloc:
            continue
        place = os.path.join(os.path.dirname(path), urllib.parse.unquote(url.path)) if url.path else path
        place = os.path.normpath(place)
        if os.path.isdir(place) and os.path.exists(os.path.join(place, "index.html")):
            place = os.path.join(place, "index.html")
        followed += 1
        if not os.path.exists(place):
            broken.append(f"{path}: {link} leads nowhere")
        elif url.fragment and place in pages and urllib.parse.unquote(url.fragment) not in pages[place].anchors:
            broken.append(f"{path}: {link} leads to no place of its page")
print("\n".join(broken), file=sys.stderr, end="\n" if broken else "")
if broken or followed < 500 or len(pages) < 30:
    sys.exit(f"the book has {len(pages)} pages, {followed} links, {len(broken)} of them broken")
print(f"the book holds: {len(pages)} pages, {followed} links")
PYTHON
