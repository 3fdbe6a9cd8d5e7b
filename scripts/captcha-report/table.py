"""Prints what solvers.py found as Markdown: table.py results.json"""

import json
import sys

from solvers import interval


def cell(hits, total):
    low, high = interval(hits, total)
    return f"{100 * hits / total:.1f} % ({100 * low:.1f}–{100 * high:.1f}, {hits}/{total})"


def best(rows, kinds, program):
    chosen = [row for row in rows if row["kind"] in kinds and program in row["attacker"]]
    return max(chosen, key=lambda row: row["hits"] / row["of"], default=None)


def main(path):
    results = json.loads(open(path).read())
    lines = [
        ("ddddocr, best of its ways", ("free",), "ddddocr"),
        ("ddddocr, alphabet and length known, best", ("known",), "ddddocr"),
        ("tesseract, best", ("free",), "tesseract"),
        ("rapidocr, best", ("free",), "rapidocr"),
        ("rows cropped, best", ("rows",), ""),
    ]
    print("| attacker | " + " | ".join(results) + " |")
    print("|---" * (len(results) + 1) + "|")
    for title, kinds, program in lines:
        cells = []
        for rows in results.values():
            row = best(rows, kinds, program)
            cells.append(cell(row["hits"], row["of"]) if row else "–")
        print(f"| {title} | " + " | ".join(cells) + " |")
    print("\nIn brackets: 95 % confidence interval by Wilson, pictures read, pictures shown.")
    families = results.get("minsu", [])
    names = sorted({name for row in families for name in row["families"]})
    print("\n| family | off the shelf, best | alphabet and length known, best | rows cropped, best |")
    print("|---|---|---|---|")
    for name in names:
        cells = []
        for kind in ("free", "known", "rows"):
            rows = [row["families"][name] for row in families if row["kind"] == kind and name in row["families"]]
            hits, total = max(rows, key=lambda row: row[0] / row[1])
            cells.append(cell(hits, total))
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main(sys.argv[1])
