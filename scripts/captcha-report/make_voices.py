"""Speaks the captcha's symbols with eSpeak NG and packs them for embedding.

    make_voices.py crates/adapters/captcha/voices

Needs Debian's espeak-ng and sox. A letter is followed by a word that begins with it, since the
names of many letters sound alike over a telephone. The result, a file for each language: for each
symbol in the order of the alphabet the number of its samples (u32, little endian), then for each
its samples as IMA ADPCM, two to a byte, low half first, beginning at predictor 0 and index 0.
8,000 samples a second, one channel.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile

ALPHABET = "ACELMPTUWX369"
WORDS = dict(
    A="apple", C="cat", E="egg", L="lemon", M="moon", P="paper",
    T="tiger", U="uncle", W="window", X="x ray",
)
DIGITS = {"en": {"3": "three", "6": "six", "9": "nine"}, "zh": {"3": "三", "6": "六", "9": "九"}}
VOICES = {"en": ["-v", "en-us", "-s", "140"], "zh": ["-v", "cmn", "-s", "140"]}

STEPS = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
    118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
    1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
    6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
]
INDEX = [-1, -1, -1, -1, 2, 4, 6, 8]


def spoken(text, voice):
    with tempfile.TemporaryDirectory() as folder:
        raw = f"{folder}/raw.wav"
        subprocess.run(["espeak-ng", *voice, "-w", raw, text], check=True)
        trimmed = ["silence", "1", "0.01", "0.6%", "reverse", "silence", "1", "0.01", "0.6%", "reverse"]
        command = ["sox", raw, "-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1", "-", *trimmed, "norm", "-1"]
        data = subprocess.run(command, check=True, capture_output=True).stdout
    return struct.unpack(f"<{len(data) // 2}h", data)


def packed(samples):
    predictor, index, halves = 0, 0, []
    for sample in samples:
        step, difference = STEPS[index], sample - predictor
        code, change = (8 if difference < 0 else 0), step >> 3
        difference = abs(difference)
        for bit, part in ((4, step), (2, step >> 1), (1, step >> 2)):
            if difference >= part:
                code, difference, change = code | bit, difference - part, change + part
        predictor = max(-32768, min(32767, predictor + (-change if code & 8 else change)))
        index = max(0, min(88, index + INDEX[code & 7]))
        halves.append(code)
    halves += [0] * (len(halves) % 2)
    return bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2]))


def main(target):
    for language, voice in VOICES.items():
        texts = [DIGITS[language].get(symbol) or f"{symbol}, {WORDS[symbol]}" for symbol in ALPHABET]
        recordings = [spoken(text, voice) for text in texts]
        lengths = b"".join(struct.pack("<I", len(samples)) for samples in recordings)
        (pathlib.Path(target) / f"{language}.adpcm").write_bytes(lengths + b"".join(map(packed, recordings)))


if __name__ == "__main__":
    main(sys.argv[1])
