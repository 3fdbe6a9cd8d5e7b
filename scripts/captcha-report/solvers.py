"""Reads pictures with ready-made programs and with an attacker that knows how ours are laid out.

    solvers.py FOLDER [FOLDER ...] [--PART-OF-A-NAME ...] > results.json

A folder holds pictures and `answers.tsv` (name, answer, and what else is known of it).
"""

import functools
import itertools
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import cv2
import numpy as np
import onnxruntime

cv2.setNumThreads(1)

ALPHABET = "ACELMPTUWX369"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def load(folder):
    rows = [line.split("\t") for line in (pathlib.Path(folder) / "answers.tsv").read_text().splitlines()]
    return [(cv2.imread(str(pathlib.Path(folder) / row[0]), cv2.IMREAD_COLOR), row[1].upper(), row[2:]) for row in rows]


# --- what is done to a picture before it is read ----------------------------------------------


def gray(image):
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image


def thresholded(image):
    return cv2.threshold(gray(image), 0, 255, cv2.THRESH_OTSU)[1]


def edges(image):
    return 255 - cv2.Canny(gray(image), 60, 160)


def thick_edges(image):
    strength = cv2.morphologyEx(gray(image), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return 255 - cv2.normalize(strength, None, 0, 255, cv2.NORM_MINMAX)


PREPARED = {
    "plain": lambda image: image,
    "gray": gray,
    "inverted": lambda image: 255 - gray(image),
    "thresholded": thresholded,
    "blurred": lambda image: cv2.GaussianBlur(gray(image), (3, 3), 0),
    "median": lambda image: cv2.medianBlur(gray(image), 5),
    "upscaled": lambda image: cv2.resize(gray(image), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC),
    "edges": edges,
    "gradient": thick_edges,
}


# --- ddddocr -----------------------------------------------------------------------------------


class Dddd:
    """One of the program's networks, with its own decoding and with one that knows the alphabet
    and how many symbols there are."""

    def __init__(self, **model):
        from ddddocr.core.ocr_engine import OCREngine

        engine = OCREngine(**model)
        # One thread: the report runs beside other work.
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(engine.session._model_path, options, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name
        self.charset = engine.charset_manager.get_charset()

    def scores(self, image):
        """Log probabilities, a row for each step from left to right."""
        image = gray(image)
        width = max(16, int(image.shape[1] * 64 / image.shape[0]))
        image = cv2.resize(image, (width, 64), interpolation=cv2.INTER_AREA if image.shape[0] > 64 else cv2.INTER_CUBIC)
        output = self.session.run(None, {self.name: image.astype(np.float32)[None, None] / 255})[0]
        output = output[:, 0] if output.shape[1] == 1 else output[0]
        return output - output.max(1, keepdims=True) - np.log(np.exp(output - output.max(1, keepdims=True)).sum(1, keepdims=True))

    def read(self, image):
        path = self.scores(image).argmax(1)
        kept = [step for at, step in enumerate(path) if step != 0 and (at == 0 or step != path[at - 1])]
        return "".join(self.charset[step] for step in kept).upper()

    @functools.cached_property
    def columns(self):
        places = {symbol: place for place, symbol in enumerate(self.charset)}
        return {a: [places[s] for s in (a, a.lower()) if s in places] for a in LETTERS}

    def restricted(self, image, alphabet):
        scores = self.scores(image)
        symbols = np.stack([scores[:, self.columns[symbol]].max(1) for symbol in alphabet], 1)
        return scores[:, 0], symbols

    def read_known(self, image, length, alphabet=ALPHABET):
        """The likeliest text of this length, and the logarithm of how likely it is."""
        blank, symbols = self.restricted(image, alphabet)
        return likeliest(blank, symbols, length, alphabet)


def likeliest(blank, symbols, length, alphabet):
    """The best alignment of exactly `length` symbols (Viterbi over connectionist labels), and its
    log probability."""
    count = len(alphabet)
    # Places: k symbols were read, c is the last of them, and the step is on it or on a blank after.
    on = np.full((length + 1, count), -1e9)
    off = np.full((length + 1, count), -1e9)
    off[0, 0] = 0.0
    back = []
    columns = np.arange(count)
    for step_blank, step in zip(blank, symbols):
        # The best place with one symbol less from which c may follow: any on a blank, any on
        # another symbol.
        order = np.argsort(-on, axis=1)[:, :2]
        other = np.where(order[:, :1] == columns, order[:, 1:], order[:, :1])
        from_on = np.take_along_axis(on, other, 1)
        best_off = off.argmax(1)
        from_off = off[np.arange(length + 1), best_off][:, None].repeat(count, 1)
        enter_on = from_on >= from_off
        enter = np.maximum(from_on, from_off)
        enter = np.vstack([np.full((1, count), -1e9), enter[:-1]])
        stay = on >= enter
        to_blank = on >= off
        back.append((stay, enter_on, other, best_off, to_blank))
        on, off = np.maximum(on, enter) + step, np.maximum(on, off) + step_blank
        on[0] = -1e9
    ends = np.stack([on[length], off[length]])
    kind, c = np.unravel_index(ends.argmax(), ends.shape)
    score, k, text = float(ends[kind, c]), length, ""
    on_symbol = kind == 0
    for stay, enter_on, other, best_off, to_blank in reversed(back):
        if on_symbol:
            if not stay[k, c]:
                text = alphabet[c] + text
                k -= 1
                on_symbol = bool(enter_on[k, c])
                c = other[k, c] if on_symbol else best_off[k]
        else:
            on_symbol = bool(to_blank[k, c])
    return text, score


# --- the attacker who knows the layouts -----------------------------------------------------------

ROWS = [(2, 2), (1, 3), (3, 1)]
THREE_ROWS = [(1, 2, 1), (2, 1, 1), (1, 1, 2)]
PATHS = [("level", 0, 0)] + [(f"slope {s:+.2f}", s, 0) for s in (-0.14, 0.14)] + [(f"bow {b:+d}", 0, b) for b in (-8, 8)]


def straightened(image, slope, bow):
    """Undoes a slope or bow of the rows by shifting columns."""
    height, width = image.shape
    side = np.arange(width) - width / 2
    shift = slope * side + bow * ((side / (width / 2)) ** 2 - 0.3)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return cv2.remap(image, x, y + shift[None].astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


# Where the rows are cut, as parts of the height: they stand high in some pictures and low in others.
CUTS = (0.38, 0.44, 0.5, 0.56, 0.62)
# Half of the height of the middle one of three rows.
HALF_ROW = 0.15


def strips(image, *cuts):
    """The rows between cuts, each with a little of its neighbours."""
    height = image.shape[0]
    edges = [0.0, *cuts, 1.0]
    return [
        image[int(height * max(0.0, top - 0.03)) : int(height * min(1.0, bottom + 0.03))]
        for top, bottom in zip(edges, edges[1:])
    ]


def read_rows(model, image, alphabet=ALPHABET):
    """Tries every layout, reads each row with the number of symbols it should have, and believes the
    layout that reads best."""
    image = gray(image)
    tries = []
    for (_, slope, bow), cut in itertools.product(PATHS, CUTS):
        flat = straightened(image, slope, bow) if slope or bow else image
        tries.append((strips(flat, cut), ROWS))
    for cut in CUTS[1:-1]:
        tries.append((strips(image, cut - HALF_ROW, cut + HALF_ROW), THREE_ROWS))
    best = ("", -1e9)
    for rows, layouts in tries:
        seen = [model.restricted(row, alphabet) for row in rows]
        for counts in layouts:
            parts = [likeliest(*row, count, alphabet) for row, count in zip(seen, counts)]
            score = sum(worth for _, worth in parts)
            if score > best[1]:
                best = ("".join(part for part, _ in parts), score)
    return best[0]


# --- others --------------------------------------------------------------------------------------


def tesseract(image, psm):
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        cv2.imwrite(file.name, cv2.resize(gray(image), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC))
        command = ["tesseract", file.name, "-", "--psm", str(psm), "-c", f"tessedit_char_whitelist={LETTERS}"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(text.split()).upper()


class Rapid:
    """Finds boxes of text and reads each, from the top."""

    def __init__(self):
        from rapidocr_onnxruntime import RapidOCR

        self.engine = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)

    def read(self, image):
        image = image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
        image = cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
        boxes, _ = self.engine(cv2.copyMakeBorder(image, 30, 30, 30, 30, cv2.BORDER_REPLICATE))
        boxes = sorted(boxes or [], key=lambda box: (round(box[0][0][1] / 90), box[0][0][0]))
        return "".join("".join(symbol for symbol in box[1].upper() if symbol in LETTERS) for box in boxes)


# Slow programs get the first pictures of a folder only.
SLOW = 60


def attackers(alphabet):
    """Name, kind (free: knows nothing; known: alphabet and length; rows: the layouts), how many
    pictures it gets at most, and what it reads in a picture of a known length."""
    models = {"ddddocr": Dddd(), "ddddocr beta": Dddd(beta=True)}
    for name, model in models.items():
        for how, prepare in PREPARED.items():
            yield f"{name}, {how}", "free", None, lambda i, n, m=model, p=prepare: m.read(p(i))
            yield (
                f"{name}, {how}, known",
                "known",
                None,
                lambda i, n, m=model, p=prepare: m.read_known(p(i), n, alphabet)[0],
            )
    for psm in (6, 7, 11):
        yield f"tesseract, psm {psm}", "free", SLOW, lambda i, n, p=psm: tesseract(i, p)
    rapid = Rapid()
    for how in ("plain", "gradient"):
        yield f"rapidocr, {how}", "free", SLOW, lambda i, n, p=PREPARED[how]: rapid.read(p(i))
    # The better of the two networks for this: the other one read fewer whenever both were tried.
    yield "rows cropped, ddddocr", "rows", 5 * SLOW, lambda i, n: read_rows(models["ddddocr"], i, alphabet)


def interval(hits, total):
    """95 % confidence interval by Wilson."""
    z, part = 1.96, hits / total
    middle = (part + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(part * (1 - part) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def main(folders, only=None):
    results = {}
    for folder in folders:
        pictures = load(folder)
        name = pathlib.Path(folder).name
        alphabet = "".join(symbol for symbol in LETTERS if any(symbol in answer for _, answer, _ in pictures))
        for attacker, kind, most, read in attackers(alphabet):
            if only and not any(part in f"{kind}: {attacker}" for part in only):
                continue
            if kind == "rows" and name != "minsu":
                continue
            families, hits, shown = {}, 0, pictures[:most]
            for image, answer, family in shown:
                hit = read(image, len(answer)) == answer
                hits += hit
                for part in family:
                    before = families.get(part, (0, 0))
                    families[part] = (before[0] + int(hit), before[1] + 1)
            row = {"attacker": attacker, "kind": kind, "hits": hits, "of": len(shown), "families": families}
            results.setdefault(name, []).append(row)
            print(f"{name}\t{attacker}\t{hits}/{len(shown)}", file=sys.stderr, flush=True)
    json.dump(results, sys.stdout, indent=1)


if __name__ == "__main__":
    only = [argument[2:] for argument in sys.argv[1:] if argument.startswith("--")]
    main([argument for argument in sys.argv[1:] if not argument.startswith("--")], only)
