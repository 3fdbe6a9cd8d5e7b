"""Makes the profiles of this folder and what LittleCMS, which shares no code with the pipeline, makes of
a chart by them: `pip install pillow`, then `python make.py` here. Each line of a `.txt` is a patch: the
channels as a file has them (inks as percent of 255, not inverted), then red, green and blue in sRGB."""

import io
import itertools
import struct

from PIL import Image, ImageCms

D50 = (0.9642, 1.0, 0.8249)


def s15(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def xyz(*values):
    return b"XYZ \0\0\0\0" + s15(*values)


def curve(*values):
    return b"curv\0\0\0\0" + struct.pack(">I", len(values)) + b"".join(struct.pack(">H", value) for value in values)


def parametric(*values):
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + s15(*values)


def text(version, words):
    if version < 4:
        letters = words.encode() + b"\0"
        return b"desc\0\0\0\0" + struct.pack(">I", len(letters)) + letters + bytes(78)
    letters = words.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(letters), 28) + letters


def profile(version, kind, space, connection, tags):
    tags = {b"wtpt": xyz(*D50), **tags}
    body, table, places = b"", b"", {}
    start = 132 + 12 * len(tags)
    for name, data in tags.items():
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += name + struct.pack(">II", places[data], len(data))
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"\0\0\0\0", version << 24, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + s15(*D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def multiply(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector)) for row in matrix]


def inverse(m):
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    rows = [(e * i - f * h, c * h - b * i, b * f - c * e), (f * g - d * i, a * i - c * g, c * d - a * f),
            (d * h - e * g, b * g - a * h, a * e - b * d)]
    return [[value / det for value in row] for row in rows]


BRADFORD = [(0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296)]


def colorants(primaries):
    """XYZ of the primaries beside a white of D65, adapted to D50."""
    white = (0.3127 / 0.3290, 1.0, (1 - 0.3127 - 0.3290) / 0.3290)
    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]
    scale = multiply(inverse(list(zip(*columns))), white)
    cones, target = multiply(BRADFORD, white), multiply(BRADFORD, D50)
    found = []
    for column, factor in zip(columns, scale):
        seen = multiply(BRADFORD, [value * factor for value in column])
        found.append(multiply(inverse(BRADFORD), [s * t / c for s, t, c in zip(seen, target, cones)]))
    return dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), (xyz(*values) for values in found)))


def display(version, words, primaries, tone):
    tones = {name: tone for name in (b"rTRC", b"gTRC", b"bTRC")}
    return profile(version, b"mntr", b"RGB ", b"XYZ ", {b"desc": text(version, words), **colorants(primaries), **tones})


def press():
    """Four inks that cover the paper at random (Neugebauer), in Lab, on a grid of nine."""
    paper, black = (0.93, 0.92, 0.89), (0.06, 0.06, 0.06)
    inks = [(0.10, 0.42, 0.72), (0.72, 0.10, 0.28), (0.92, 0.82, 0.08)]
    matrix = [(0.4360, 0.3851, 0.1431), (0.2225, 0.7169, 0.0606), (0.0139, 0.0971, 0.7139)]

    def lab(amounts):
        light = list(paper)
        for amount, ink in zip(amounts, inks):
            light = [value * (1 - amount + amount * part) for value, part in zip(light, ink)]
        light = [value * (1 - amounts[3] + amounts[3] * part) for value, part in zip(light, black)]
        scaled = [value / white for value, white in zip(multiply(matrix, light), D50)]
        x, y, z = [v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in scaled]
        return 116 * y - 16, 500 * (x - y), 200 * (y - z)

    grid = bytearray()
    for place in itertools.product(range(9), repeat=4):
        lightness, a, b = lab([step / 8 for step in place])
        grid += struct.pack(">3H", round(lightness * 652.8), round((a + 128) * 256), round((b + 128) * 256))
    straight = struct.pack(">HH", 0, 65535)
    head = b"mft2\0\0\0\0" + bytes([4, 3, 9, 0]) + s15(1, 0, 0, 0, 1, 0, 0, 0, 1) + struct.pack(">HH", 2, 2)
    table = head + straight * 4 + bytes(grid) + straight * 3
    return profile(2, b"prtr", b"CMYK", b"Lab ", {b"desc": text(2, "test press"), b"A2B0": table})


SRGB_TONE = parametric(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
STEPS = (0, 64, 128, 192, 255)
MADE = {
    "display-p3": (display(4, "test P3", [(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)], SRGB_TONE), "RGB"),
    "adobe-rgb": (display(2, "test Adobe RGB", [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)], curve(563)), "RGB"),
    # A dot gain, as scanners of prints have it: a curve in a table.
    "grey": (profile(2, b"mntr", b"GRAY", b"XYZ ", {
        b"desc": text(2, "test grey"),
        b"kTRC": curve(*(round(65535 * (i / 255) ** 1.75) for i in range(256))),
    }), "L"),
    "press": (press(), "CMYK"),
}
CHARTS = {
    "RGB": list(itertools.product(STEPS, repeat=3)),
    "L": [(value,) for value in range(0, 256, 5)],
    "CMYK": list(itertools.product((0, 90, 190, 255), repeat=3)),
}

for name, (data, mode) in MADE.items():
    with open(f"{name}.icc", "wb") as file:
        file.write(data)
    patches = CHARTS[mode]
    if mode == "CMYK":
        patches = [patch + (black,) for patch in patches for black in (0, 100, 220)]
    chart = Image.new(mode, (len(patches), 1))
    chart.putdata([patch[0] for patch in patches] if mode == "L" else patches)
    # Relative to the white of both, without stretching black; NOOPTIMIZE: no tables in between.
    way = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(data)), ImageCms.createProfile("sRGB"), mode, "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, flags=ImageCms.Flags.NOOPTIMIZE)
    found = ImageCms.applyTransform(chart, way).getdata()
    with open(f"{name}.txt", "w") as file:
        for patch, colour in zip(patches, found):
            file.write(" ".join(map(str, (*patch, *colour))) + "\n")
