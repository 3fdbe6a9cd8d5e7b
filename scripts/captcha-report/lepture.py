"""Pictures of the Python package `captcha` for comparison: lepture.py FOLDER COUNT"""

import pathlib
import random
import sys

from captcha.image import ImageCaptcha

folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
dice, painter, lines = random.Random(1), ImageCaptcha(), []
for number in range(count):
    answer = "".join(dice.choices("ACELMPTUWX369", k=4))
    painter.write(answer, str(folder / f"{number:05}.png"))
    lines.append(f"{number:05}.png\t{answer}\n")
(folder / "answers.tsv").write_text("".join(lines))
