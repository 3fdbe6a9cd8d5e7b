"""Makes the fonts that the captcha embeds: the alphabet's glyphs of free fonts, under new names.

Needs fonttools and Debian's packages fonts-dejavu-core, fonts-dejavu-extra, fonts-liberation2,
fonts-lato, fonts-comfortaa and fonts-quicksand (installed, or unpacked below a folder).

    subset_fonts.py /usr/share/fonts/truetype crates/adapters/captcha/fonts

The licences ask that a changed font drops its reserved name: file name and name table get a
neutral one. Their texts stand beside the results and are not touched here.
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

ALPHABET = "ACELMPTUWX369"
FONTS = {
    "sans-wide": "dejavu/DejaVuSans-Bold.ttf",
    "sans-narrow": "dejavu/DejaVuSansCondensed-Bold.ttf",
    "serif-wide": "dejavu/DejaVuSerif-Bold.ttf",
    "mono-wide": "dejavu/DejaVuSansMono-Bold.ttf",
    "sans-plain": "liberation2/LiberationSans-Bold.ttf",
    "sans-slanted": "dejavu/DejaVuSans-BoldOblique.ttf",
    "serif-narrow": "dejavu/DejaVuSerifCondensed-Bold.ttf",
    "mono-slanted": "dejavu/DejaVuSansMono-BoldOblique.ttf",
    "round-plain": "quicksand/Quicksand-Bold.ttf",
    "sans-black": "lato/Lato-Black.ttf",
    "sans-black-slanted": "lato/Lato-BlackItalic.ttf",
    "round-wide": "comfortaa/Comfortaa-Bold.ttf",
    "sans-even": "dejavu/DejaVuSans.ttf",
    "sans-even-slanted": "dejavu/DejaVuSans-Oblique.ttf",
    "sans-narrow-slanted": "dejavu/DejaVuSansCondensed-BoldOblique.ttf",
    "serif-slanted": "dejavu/DejaVuSerif-BoldItalic.ttf",
    "serif-even": "dejavu/DejaVuSerif.ttf",
    "mono-even": "dejavu/DejaVuSansMono.ttf",
    "mono-slab": "liberation2/LiberationMono-Bold.ttf",
    "mono-slab-slanted": "liberation2/LiberationMono-BoldItalic.ttf",
    "sans-plain-slanted": "liberation2/LiberationSans-BoldItalic.ttf",
    "sans-heavy": "lato/Lato-Heavy.ttf",
    "sans-lean-slanted": "lato/Lato-BoldItalic.ttf",
    "round-even": "comfortaa/Comfortaa-Regular.ttf",
}


def main(source: pathlib.Path, target: pathlib.Path) -> None:
    for name, path in FONTS.items():
        font = TTFont(source / path)
        licence = font["name"].getDebugName(0) or ""
        options = subset.Options(
            hinting=False, layout_features=[], notdef_outline=False, glyph_names=False, recalc_timestamp=False
        )
        options.drop_tables += ["FFTM", "GPOS", "GSUB", "GDEF", "kern", "DSIG", "meta"]
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=ALPHABET)
        subsetter.subset(font)
        table = font["name"]
        table.names = []
        for name_id, text in [(0, licence), (1, f"Minsu {name}"), (2, "Regular"), (4, f"Minsu {name}"), (6, f"Minsu-{name}")]:
            table.setName(text.replace("\n", " "), name_id, 3, 1, 0x409)
        font.save(target / f"{name}.ttf")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
