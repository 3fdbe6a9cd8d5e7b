"""Lays pictures of a folder out on a contact sheet: sheet.py FOLDER OUT.png [FIRST COUNT COLUMNS ZOOM]"""

import pathlib
import sys

from PIL import Image, ImageDraw


def main(folder: str, out: str, first: int = 0, count: int = 25, columns: int = 5, zoom: int = 2) -> None:
    names = sorted(path for path in pathlib.Path(folder).iterdir() if path.suffix in (".jpg", ".png"))
    names = names[first : first + count]
    width, height = Image.open(names[0]).size
    cell = (width * zoom + 10, height * zoom + 22)
    rows = -(-len(names) // columns)
    sheet = Image.new("L", (cell[0] * columns, cell[1] * rows), 255)
    pen = ImageDraw.Draw(sheet)
    for place, name in enumerate(names):
        x, y = place % columns * cell[0] + 5, place // columns * cell[1]
        pen.text((x, y + 4), str(first + place), fill=0)
        sheet.paste(Image.open(name).convert("L").resize((width * zoom, height * zoom), Image.BICUBIC), (x, y + 18))
    sheet.save(out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
