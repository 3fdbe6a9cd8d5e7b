#!/usr/bin/env python3
"""Draws the pictures of the demo houses: fixtures/demo/pictures/*.jpg, 640 x 480.

Needs Pillow (`pip install pillow`). The same script makes the same pictures: random numbers start
from the name of the picture.
"""

import math
import pathlib
import random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 640, 480
SCALE = 3  # drawn three times as large and reduced, for smooth edges
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "demo" / "pictures"


def mix(first, second, share):
    return tuple(round(a + (b - a) * share) for a, b in zip(first, second))


class Canvas:
    """A picture under the pencil, in units of the finished picture."""

    def __init__(self, name):
        self.random = random.Random(name)
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE))
        self.draw = ImageDraw.Draw(self.image)

    def _up(self, points):
        return [(x * SCALE, y * SCALE) for x, y in points]

    def fade(self, top, bottom, above, below):
        """A vertical change of colour from `above` to `below`."""
        first, last = int(above * SCALE), int(below * SCALE)
        for y in range(first, last):
            colour = mix(top, bottom, (y - first) / max(1, last - first - 1))
            self.draw.line([(0, y), (WIDTH * SCALE, y)], fill=colour)

    def shape(self, points, colour):
        self.draw.polygon(self._up(points), fill=colour)

    def box(self, left, top, right, bottom, colour):
        self.draw.rectangle(self._up([(left, top), (right, bottom)]), fill=colour)

    def round_box(self, left, top, right, bottom, radius, colour):
        self.draw.rounded_rectangle(self._up([(left, top), (right, bottom)]), radius * SCALE, fill=colour)

    def disc(self, x, y, radius, colour):
        self.draw.ellipse(self._up([(x - radius, y - radius), (x + radius, y + radius)]), fill=colour)

    def line(self, points, colour, width=1.0):
        self.draw.line(self._up(points), fill=colour, width=max(1, round(width * SCALE)), joint="curve")

    def ridge(self, base, height, colour, step=16, below=HEIGHT):
        """A mountain range with its foot at `below`."""
        points, y = [], base
        for x in range(-step, WIDTH + 2 * step, step):
            points.append((x, y))
            y = min(base + height, max(base - height, y + self.random.uniform(-height, height) * 0.5))
        self.shape([(-step, below), *points, (WIDTH + step, below)], colour)

    def glow(self, x, y, radius, colour, strength=0.6):
        """Light around a lamp or the sun."""
        light = Image.new("RGB", self.image.size, colour)
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).ellipse(
            self._up([(x - radius, y - radius), (x + radius, y + radius)]), fill=round(255 * strength)
        )
        mask = mask.filter(ImageFilter.GaussianBlur(radius * SCALE / 3))
        self.image.paste(light, (0, 0), mask)

    def tree(self, x, ground, height, leaf, trunk=(92, 70, 54)):
        self.box(x - height * 0.03, ground - height * 0.5, x + height * 0.03, ground, trunk)
        for _ in range(16):
            angle, far = self.random.uniform(0, math.tau), self.random.uniform(0, height * 0.22)
            shade = mix(leaf, (20, 40, 20), self.random.uniform(0, 0.35))
            centre = (x + far * math.cos(angle), ground - height * 0.68 + far * 0.8 * math.sin(angle))
            self.disc(*centre, height * self.random.uniform(0.1, 0.17), shade)

    def tiled_roof(self, left, right, eaves, ridge, colour, overhang=18):
        """A Chinese roof: its corners point up a little."""
        middle, rise = (left + right) / 2, eaves - ridge
        slope = [(left - overhang, eaves - 4), (left + 10, eaves - rise * 0.35), (left + 40, ridge), (right - 40, ridge)]
        other = [(right - 10, eaves - rise * 0.35), (right + overhang, eaves - 4)]
        self.shape([*slope, *other, (right, eaves + 4), (left, eaves + 4)], colour)
        dark = mix(colour, (0, 0, 0), 0.25)
        for step in range(0, int(right - left) + 1, 9):
            x = left + step
            self.line([(middle + (x - middle) * 0.82, ridge + 2), (x, eaves + 3)], dark, 1.2)
        self.box(left + 36, ridge - 5, right - 36, ridge + 2, dark)

    def window(self, left, top, right, bottom, glass, frame, rows=2, columns=2):
        self.box(left, top, right, bottom, frame)
        wide, high = (right - left - 3) / columns, (bottom - top - 3) / rows
        for row in range(rows):
            for column in range(columns):
                x, y = left + 3 + column * wide, top + 3 + row * high
                self.box(x, y, x + wide - 3, y + high - 3, mix(glass, (255, 255, 255), 0.12 * self.random.random()))

    def scroll(self, left, right, horizon, bottom):
        """A landscape in ink on a scroll."""
        for base, height, grey in ((horizon, 34, 200), (horizon + 24, 24, 160), (horizon + 46, 16, 120)):
            points = [(x, base - height * abs(math.sin(x / 13 + base))) for x in range(left, right + 1, 4)]
            self.shape([(left, bottom), *points, (right, bottom)], (grey, grey, grey + 6))
        self.disc(right - 22, horizon - 42, 8, (206, 70, 56))

    def save(self, name):
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        FOLDER.mkdir(parents=True, exist_ok=True)
        small.save(FOLDER / f"{name}.jpg", quality=74, optimize=True, progressive=True)


def courtyard(c):
    """四合院 in the afternoon."""
    c.fade((126, 178, 222), (236, 232, 214), 0, 270)
    c.disc(520, 86, 34, (255, 244, 206))
    c.tree(560, 300, 210, (88, 128, 70))
    c.fade((178, 170, 158), (132, 124, 114), 270, 480)
    for y in range(290, 480, 26):
        c.line([(0, y), (WIDTH, y)], (120, 112, 104), 1)
        for x in range(-40 + (y % 52) * 2, WIDTH, 92):
            c.line([(x, y), (x - 16, y + 26)], (120, 112, 104), 1)
    c.box(110, 196, 530, 316, (152, 144, 136))
    c.tiled_roof(96, 544, 200, 118, (92, 98, 104))
    for left in (140, 410):
        c.window(left, 222, left + 90, 290, (250, 226, 170), (146, 44, 36), 3, 4)
    c.box(272, 214, 368, 316, (150, 42, 34))
    c.box(278, 220, 318, 316, (178, 58, 44))
    c.box(322, 220, 362, 316, (178, 58, 44))
    c.disc(311, 270, 4, (226, 188, 92))
    c.disc(329, 270, 4, (226, 188, 92))
    c.box(258, 316, 382, 326, (186, 178, 168))
    c.box(246, 326, 394, 336, (172, 164, 154))
    for x in (124, 516):
        c.box(x - 6, 200, x + 6, 316, (142, 40, 34))
    for x in (250, 390):
        c.line([(x, 204), (x, 226)], (90, 30, 26), 2)
        c.glow(x, 240, 40, (255, 170, 90), 0.4)
        c.round_box(x - 13, 226, x + 13, 256, 12, (206, 46, 38))
        c.box(x - 8, 223, x + 8, 227, (226, 188, 92))
        c.box(x - 8, 255, x + 8, 259, (226, 188, 92))
    c.tree(64, 392, 250, (122, 150, 72))
    for x in (440, 492):
        c.shape([(x - 20, 372), (x + 20, 372), (x + 14, 410), (x - 14, 410)], (112, 66, 48))
        c.disc(x, 354, 25, (70, 118, 66))
        for dx, dy in ((-10, -6), (8, -12), (2, 6), (14, 4)):
            c.disc(x + dx, 354 + dy, 4, (226, 96, 122))


def courtyard_room(c):
    """A room with a kang, lattice windows and a tea table."""
    c.fade((240, 226, 202), (226, 206, 176), 0, 340)
    c.fade((142, 96, 62), (108, 70, 46), 340, 480)
    for x in range(-300, 1000, 62):
        c.line([(320 + (x - 320) * 0.62, 340), (x, 480)], (96, 62, 42), 1.2)
    c.box(0, 0, WIDTH, 22, (112, 58, 40))
    for x in (70, 250, 390, 570):
        c.box(x - 7, 0, x + 7, 340, (134, 54, 40))
    for left in (92, 412):
        c.window(left, 60, left + 136, 220, (214, 232, 240), (122, 62, 42), 6, 6)
    c.glow(160, 150, 120, (255, 250, 224), 0.35)
    c.box(266, 70, 374, 210, (248, 244, 232))
    c.scroll(272, 368, 130, 204)
    c.round_box(60, 270, 580, 400, 10, (158, 104, 68))
    c.round_box(52, 250, 588, 300, 12, (196, 72, 62))
    c.round_box(52, 250, 588, 270, 10, (214, 96, 82))
    for x, colour in ((92, (236, 206, 150)), (150, (112, 150, 142)), (452, (112, 150, 142)), (510, (236, 206, 150))):
        c.round_box(x, 214, x + 62, 258, 14, colour)
    c.round_box(252, 236, 388, 250, 4, (92, 54, 38))
    for x in (262, 370):
        c.box(x, 250, x + 8, 280, (92, 54, 38))
    c.round_box(302, 212, 334, 238, 10, (124, 156, 150))
    c.line([(334, 222), (346, 216)], (124, 156, 150), 5)
    for x in (276, 352):
        c.round_box(x, 226, x + 16, 238, 4, (236, 236, 228))
    c.line([(320, 22), (320, 40)], (90, 54, 38), 2)
    c.glow(320, 54, 60, (255, 214, 140), 0.4)
    c.round_box(302, 38, 338, 70, 14, (244, 206, 140))


def loft(c):
    """A loft in an old factory: two floors, tall windows."""
    c.fade((206, 202, 196), (188, 182, 174), 0, 370)
    for y in range(0, 370, 14):
        for x in range(-20 + (y // 14 % 2) * 18, WIDTH, 36):
            shade = c.random.uniform(-0.06, 0.1)
            colour = mix((176, 104, 82), (230, 190, 160) if shade > 0 else (60, 30, 24), abs(shade) * 2)
            c.box(x + 1, y + 1, x + 35, y + 13, colour)
    c.window(250, 40, 600, 300, (186, 220, 238), (52, 54, 58), 4, 6)
    c.glow(430, 150, 170, (255, 252, 236), 0.35)
    c.fade((168, 160, 150), (138, 130, 122), 370, 480)
    c.box(0, 170, 236, 184, (58, 60, 64))
    c.line([(0, 128), (236, 128)], (58, 60, 64), 3)
    for x in range(6, 237, 22):
        c.line([(x, 128), (x, 170)], (58, 60, 64), 2)
    c.round_box(10, 136, 160, 170, 8, (232, 226, 214))
    c.round_box(14, 120, 58, 146, 8, (250, 248, 242))
    for step in range(8):
        left, top = 236 - step * 14, 190 + step * 23
        c.box(left - 40, top, left + 6, top + 6, (108, 76, 52))
    c.line([(240, 186), (126, 376)], (58, 60, 64), 4)
    c.line([(200, 186), (86, 376)], (58, 60, 64), 4)
    c.shape([(270, 400), (610, 400), (640, 470), (250, 470)], (204, 196, 180))
    c.round_box(330, 300, 560, 380, 14, (70, 108, 118))
    c.round_box(316, 330, 352, 400, 12, (60, 94, 104))
    c.round_box(538, 330, 574, 400, 12, (60, 94, 104))
    c.round_box(350, 350, 540, 392, 8, (88, 130, 140))
    c.round_box(366, 322, 410, 356, 8, (232, 186, 92))
    c.round_box(390, 416, 510, 430, 5, (128, 90, 60))
    c.line([(404, 430), (398, 462)], (58, 60, 64), 4)
    c.line([(496, 430), (502, 462)], (58, 60, 64), 4)
    for x, drop in ((300, 96), (450, 70), (560, 110)):
        c.line([(x, 0), (x, drop)], (40, 40, 44), 2)
        c.glow(x, drop + 14, 36, (255, 214, 140), 0.5)
        c.shape([(x - 20, drop + 14), (x + 20, drop + 14), (x + 7, drop), (x - 7, drop)], (44, 46, 50))
    c.shape([(34, 340), (82, 340), (74, 392), (42, 392)], (196, 180, 160))
    for angle in range(-60, 61, 20):
        far = math.radians(angle - 90)
        c.line([(58, 342), (58 + 56 * math.cos(far), 342 + 66 * math.sin(far))], (72, 122, 80), 7)


def tower_night(c):
    """Flats at night in the business district."""
    c.fade((22, 26, 58), (92, 74, 112), 0, 360)
    for _ in range(70):
        c.disc(c.random.uniform(0, WIDTH), c.random.uniform(0, 200), c.random.uniform(0.4, 1.1), (230, 230, 250))
    c.disc(112, 82, 24, (250, 244, 220))
    for left in range(-10, WIDTH, 52):
        high = c.random.uniform(110, 230)
        c.box(left, 400 - high, left + 46, 400, (44, 44, 82))
        for y in range(int(410 - high), 396, 14):
            for x in range(left + 6, left + 40, 11):
                if c.random.random() < 0.35:
                    c.box(x, y, x + 5, y + 7, (206, 176, 120))
    c.shape([(392, 420), (408, 60), (492, 60), (508, 420)], (62, 72, 112))
    c.shape([(408, 60), (450, 24), (492, 60)], (52, 62, 100))
    for floor in range(24):
        y = 74 + floor * 14
        half = 40 + floor * 0.7
        for column in range(8):
            x = 450 - half + 4 + column * half / 4.3
            lit = c.random.random() < 0.55
            c.box(x, y, x + 6, y + 8, (255, 222, 150) if lit else (84, 98, 142))
    c.box(170, 150, 318, 420, (78, 84, 122))
    for y in range(164, 404, 20):
        for x in range(182, 306, 22):
            c.box(x, y, x + 14, y + 12, (255, 214, 138) if c.random.random() < 0.6 else (54, 60, 96))
    c.fade((34, 34, 58), (24, 24, 42), 400, 480)
    for y, colour in ((452, (240, 92, 72)), (432, (250, 228, 170))):
        c.line([(x, y + 6 * math.sin(x / 90)) for x in range(0, WIDTH + 8, 8)], colour, 2.4)


def flat_living_room(c):
    """A bright flat with a view."""
    c.fade((240, 238, 232), (230, 226, 218), 0, 350)
    c.box(120, 40, 520, 300, (250, 250, 250))
    for left in (128, 260, 392):
        c.box(left, 48, left + 122, 292, (176, 212, 236))
    skyline = ((140, 90), (176, 140), (214, 70), (270, 170), (310, 110), (346, 60), (404, 120), (440, 190), (482, 90))
    for left, high in skyline:
        c.box(left, 292 - high, left + 30, 292, mix((120, 150, 180), (160, 186, 206), c.random.random()))
    for left in (250, 382):
        c.box(left, 40, left + 10, 300, (250, 250, 250))
    c.shape([(76, 26), (134, 26), (116, 310), (80, 310)], (222, 196, 162))
    c.shape([(506, 26), (564, 26), (560, 310), (524, 310)], (222, 196, 162))
    c.box(60, 20, 580, 28, (140, 116, 92))
    c.fade((206, 176, 138), (180, 148, 112), 350, 480)
    for y in (368, 392, 424, 462):
        c.line([(0, y), (WIDTH, y)], (168, 136, 102), 1)
    c.shape([(150, 386), (490, 386), (540, 468), (100, 468)], (226, 224, 216))
    c.round_box(170, 290, 470, 372, 16, (126, 142, 120))
    c.round_box(152, 318, 192, 392, 14, (112, 128, 106))
    c.round_box(448, 318, 488, 392, 14, (112, 128, 106))
    c.round_box(190, 342, 316, 384, 8, (146, 162, 138))
    c.round_box(324, 342, 450, 384, 8, (146, 162, 138))
    c.round_box(206, 312, 250, 348, 8, (232, 150, 110))
    c.round_box(396, 312, 440, 348, 8, (240, 226, 190))
    c.round_box(248, 412, 392, 424, 6, (154, 112, 74))
    c.box(262, 424, 270, 458, (154, 112, 74))
    c.box(370, 424, 378, 458, (154, 112, 74))
    c.round_box(304, 392, 330, 412, 5, (236, 236, 236))
    for angle in (-40, -15, 10, 35):
        far = math.radians(angle - 90)
        c.line([(317, 394), (317 + 30 * math.cos(far), 394 + 34 * math.sin(far))], (92, 138, 84), 4)
    c.line([(600, 350), (600, 150)], (90, 80, 72), 3)
    c.glow(596, 140, 70, (255, 226, 160), 0.45)
    c.shape([(574, 160), (622, 160), (612, 116), (584, 116)], (246, 226, 178))


def great_wall_cottage(c):
    """A stone cottage below the wall, in autumn."""
    c.fade((150, 196, 232), (244, 226, 196), 0, 300)
    c.ridge(190, 40, (150, 170, 186), 24)
    c.ridge(230, 46, (120, 146, 136), 20)
    points = [(x, 196 + 30 * math.sin(x / 74) - x * 0.05) for x in range(-10, WIDTH + 20, 10)]
    c.shape([*points, *((x, y + 18) for x, y in reversed(points))], (190, 178, 156))
    for x, y in points[::2]:
        c.box(x - 3, y - 5, x + 3, y + 2, (190, 178, 156))
    for x in (96, 330, 548):
        y = 196 + 30 * math.sin(x / 74) - x * 0.05
        c.box(x - 20, y - 34, x + 20, y + 18, (178, 164, 142))
        for dx in (-18, -6, 6):
            c.box(x + dx, y - 42, x + dx + 8, y - 34, (178, 164, 142))
        c.box(x - 5, y - 18, x + 5, y - 4, (92, 82, 72))
    c.ridge(300, 26, (160, 130, 70), 26)
    leaves = [(206, 122, 52), (222, 164, 66), (176, 82, 48), (140, 132, 64)]
    for _ in range(60):
        x, y = c.random.uniform(0, WIDTH), c.random.uniform(286, 340)
        c.disc(x, y, c.random.uniform(7, 15), c.random.choice(leaves))
    c.fade((160, 146, 92), (122, 112, 74), 340, 480)
    c.box(210, 270, 470, 390, (170, 160, 148))
    for y in range(272, 388, 16):
        for x in range(212 + (y // 16 % 2) * 12, 466, 26):
            c.round_box(x, y, min(x + 23, 468), y + 13, 4, mix((188, 178, 164), (132, 124, 116), c.random.random()))
    c.shape([(186, 278), (238, 206), (442, 206), (494, 278)], (112, 80, 62))
    for step in range(6):
        c.line([(194 + step * 9, 268 - step * 12), (486 - step * 9, 268 - step * 12)], (92, 64, 50), 2)
    c.box(318, 300, 366, 390, (110, 72, 48))
    c.disc(358, 346, 3, (226, 190, 110))
    c.window(232, 306, 296, 356, (255, 226, 156), (104, 70, 50))
    c.window(388, 306, 452, 356, (255, 226, 156), (104, 70, 50))
    c.box(424, 184, 446, 224, (140, 128, 118))
    for step, radius in enumerate((8, 11, 15)):
        c.disc(438 + step * 14, 172 - step * 20, radius, mix((226, 226, 228), (200, 214, 228), step / 3))
    c.shape([(318, 390), (366, 390), (430, 480), (240, 480)], (192, 180, 156))
    c.tree(110, 410, 220, (214, 140, 58))
    c.tree(566, 430, 250, (196, 96, 52))


def cottage_terrace(c):
    """A terrace with a table under the mountains, in the evening."""
    c.fade((250, 178, 120), (252, 226, 182), 0, 260)
    c.glow(420, 210, 130, (255, 240, 200), 0.7)
    c.disc(420, 206, 30, (255, 246, 218))
    c.ridge(220, 40, (186, 136, 128), 26)
    c.ridge(256, 34, (142, 104, 110), 22)
    c.ridge(296, 26, (98, 80, 90), 20)
    c.fade((150, 104, 74), (110, 74, 54), 330, 480)
    for x in range(-400, 1100, 56):
        c.line([(320 + (x - 320) * 0.55, 330), (x, 480)], (92, 62, 46), 1.4)
    c.box(0, 282, WIDTH, 290, (84, 56, 42))
    for x in range(10, WIDTH, 34):
        c.box(x, 290, x + 5, 332, (84, 56, 42))
    for x in (24, 610):
        c.box(x - 7, 60, x + 7, 400, (74, 48, 38))
    c.box(0, 52, WIDTH, 68, (74, 48, 38))
    for x in range(40, 610, 38):
        y = 74 + 16 * math.sin((x - 40) / 570 * math.pi)
        c.glow(x, y + 6, 14, (255, 220, 140), 0.6)
        c.disc(x, y + 6, 4, (255, 240, 190))
    wire = [(x, 72 + 16 * math.sin(max(0, x - 40) / 570 * math.pi)) for x in range(24, 612, 12)]
    c.line(wire, (60, 40, 34), 1.4)
    c.round_box(220, 356, 420, 370, 6, (176, 124, 82))
    c.line([(250, 370), (236, 446)], (120, 82, 56), 7)
    c.line([(390, 370), (404, 446)], (120, 82, 56), 7)
    for x, face in ((150, 1), (490, -1)):
        c.round_box(x - 34, 384, x + 34, 398, 5, (196, 148, 102))
        c.round_box(x - 34 * face - 6, 316, x - 34 * face + 6, 396, 5, (196, 148, 102))
        for dx in (-26, 24):
            c.box(x + dx, 398, x + dx + 6, 456, (150, 106, 72))
    c.round_box(296, 330, 326, 356, 9, (86, 118, 122))
    for x in (266, 350):
        c.round_box(x, 342, x + 18, 356, 4, (244, 240, 230))
    c.box(374, 322, 382, 356, (250, 246, 230))
    c.glow(378, 318, 22, (255, 214, 120), 0.6)
    c.disc(378, 318, 4, (255, 226, 130))


def lake_house(c):
    """A wooden house at a lake."""
    c.fade((120, 186, 220), (222, 238, 238), 0, 230)
    for x, y, size in ((120, 70, 26), (420, 50, 20), (560, 96, 24)):
        for dx, dy, share in ((-1.2, 0.2, 0.7), (0, 0, 1), (1.2, 0.2, 0.8)):
            c.disc(x + dx * size, y + dy * size, size * share, (250, 252, 252))
    c.ridge(200, 44, (122, 158, 160), 28)
    c.ridge(232, 26, (84, 128, 104), 22)
    c.fade((112, 172, 190), (58, 112, 142), 262, 480)
    for _ in range(90):
        x, y = c.random.uniform(0, WIDTH), c.random.uniform(270, 476)
        c.line([(x, y), (x + c.random.uniform(14, 46), y)], mix((190, 224, 228), (92, 150, 172), c.random.random()), 1.2)
    for x in range(16, 250, 40):
        c.tree(x, 274, c.random.uniform(70, 110), (58, 108, 74))
    c.box(270, 340, 620, 356, (132, 92, 62))
    for x in (286, 350, 430, 520, 600):
        c.box(x, 350, x + 10, 420, (108, 74, 50))
    c.box(310, 210, 580, 342, (188, 134, 86))
    for y in range(222, 340, 14):
        c.line([(310, y), (580, y)], (160, 110, 70), 1.4)
    c.shape([(286, 216), (445, 116), (604, 216)], (92, 66, 54))
    c.shape([(330, 206), (445, 136), (560, 206)], (172, 120, 78))
    c.window(404, 156, 486, 200, (206, 232, 240), (246, 242, 232), 1, 3)
    c.window(326, 236, 396, 306, (206, 232, 240), (246, 242, 232))
    c.window(494, 236, 564, 306, (206, 232, 240), (246, 242, 232))
    c.box(418, 236, 474, 342, (94, 132, 128))
    c.disc(464, 292, 3, (236, 214, 150))
    c.line([(270, 316), (310, 316)], (132, 92, 62), 4)
    c.line([(580, 316), (620, 316)], (132, 92, 62), 4)
    c.shape([(120, 352), (286, 340), (286, 352), (130, 366)], (132, 92, 62))
    c.shape([(60, 398), (190, 398), (166, 424), (84, 424)], (168, 72, 54))
    c.shape([(60, 398), (190, 398), (186, 404), (66, 404)], (222, 200, 168))
    c.line([(96, 390), (150, 430)], (222, 200, 168), 3)


def bedroom(c):
    """A bedroom in blue and white."""
    c.fade((206, 220, 228), (190, 208, 220), 0, 350)
    c.fade((214, 190, 156), (188, 160, 126), 350, 480)
    for y in (366, 388, 418, 456):
        c.line([(0, y), (WIDTH, y)], (176, 148, 114), 1)
    c.window(60, 60, 200, 230, (236, 246, 250), (250, 250, 250))
    c.glow(130, 140, 120, (255, 254, 240), 0.4)
    c.shape([(36, 44), (84, 44), (70, 262), (38, 262)], (94, 132, 168))
    c.shape([(176, 44), (224, 44), (222, 262), (190, 262)], (94, 132, 168))
    c.box(26, 38, 234, 46, (120, 96, 76))
    c.box(330, 70, 480, 160, (250, 250, 248))
    c.box(338, 78, 472, 152, (222, 232, 226))
    c.shape([(338, 152), (380, 104), (408, 132), (436, 96), (472, 152)], (120, 158, 150))
    c.disc(448, 94, 8, (240, 190, 110))
    c.round_box(262, 190, 560, 350, 14, (150, 112, 82))
    c.round_box(276, 262, 546, 400, 14, (248, 248, 246))
    c.round_box(262, 316, 560, 430, 16, (104, 142, 178))
    c.round_box(262, 316, 560, 340, 12, (226, 234, 240))
    for left in (292, 420):
        c.round_box(left, 244, left + 110, 296, 16, (255, 255, 255))
    c.box(266, 430, 280, 452, (120, 88, 64))
    c.box(542, 430, 556, 452, (120, 88, 64))
    c.round_box(574, 330, 628, 420, 5, (150, 112, 82))
    c.box(580, 370, 622, 372, (120, 88, 64))
    c.box(599, 296, 603, 330, (100, 90, 84))
    c.glow(601, 284, 60, (255, 224, 160), 0.5)
    c.shape([(580, 300), (622, 300), (613, 264), (589, 264)], (250, 232, 190))
    c.shape([(120, 392), (520, 436), (500, 470), (80, 430)], (226, 214, 190))


def hutong(c):
    """A lane with grey walls, a red door and bicycles."""
    c.fade((166, 204, 228), (238, 234, 220), 0, 250)
    c.shape([(0, 120), (250, 210), (250, 330), (0, 450)], (146, 142, 138))
    c.shape([(WIDTH, 90), (390, 205), (390, 335), (WIDTH, 460)], (158, 152, 146))
    for step in range(1, 14):
        share = step / 14
        c.line([(0, 120 + 330 * share), (250, 210 + 120 * share)], (128, 124, 120), 1)
        c.line([(WIDTH, 90 + 370 * share), (390, 205 + 130 * share)], (138, 132, 126), 1)
    c.shape([(0, 76), (262, 196), (262, 216), (0, 128)], (84, 88, 92))
    c.shape([(WIDTH, 40), (378, 190), (378, 212), (WIDTH, 100)], (84, 88, 92))
    c.box(250, 216, 390, 332, (186, 178, 166))
    c.tiled_roof(254, 386, 220, 186, (96, 100, 104), 6)
    c.shape([(250, 330), (390, 330), (WIDTH, 460), (WIDTH, 480), (0, 480), (0, 450)], (174, 168, 158))
    for share in (0.15, 0.35, 0.6):
        c.line([(250 - 250 * share, 330 + 130 * share), (390 + 250 * share, 330 + 130 * share)], (154, 148, 138), 1.4)
    c.shape([(470, 214), (566, 182), (566, 424), (470, 372)], (120, 34, 30))
    c.shape([(478, 220), (514, 208), (514, 394), (478, 374)], (186, 50, 42))
    c.shape([(520, 206), (558, 194), (558, 416), (520, 398)], (186, 50, 42))
    c.disc(508, 300, 5, (228, 190, 100))
    c.disc(527, 302, 5, (228, 190, 100))
    c.shape([(456, 206), (580, 160), (580, 184), (456, 222)], (70, 74, 80))
    for x, y in ((452, 250), (592, 224)):
        c.glow(x, y, 34, (255, 160, 90), 0.35)
        c.round_box(x - 11, y - 15, x + 11, y + 15, 10, (212, 50, 40))
        c.box(x - 6, y - 18, x + 6, y - 14, (230, 192, 100))
        c.box(x - 6, y + 14, x + 6, y + 18, (230, 192, 100))
    c.tree(140, 330, 260, (96, 140, 82))
    for x in (92, 166):
        c.disc(x, 414, 29, (52, 52, 56))
        c.disc(x, 414, 24, (168, 162, 154))
        for spoke in range(6):
            angle = math.pi * spoke / 6
            dx, dy = 24 * math.cos(angle), 24 * math.sin(angle)
            c.line([(x - dx, 414 - dy), (x + dx, 414 + dy)], (120, 116, 110), 1)
    frame = (44, 108, 142)
    for line in ([(92, 414), (112, 368), (158, 370), (166, 414)], [(112, 368), (132, 414), (158, 370)], [(92, 414), (132, 414)]):
        c.line(line, frame, 4)
    c.line([(158, 372), (154, 350), (140, 346)], (60, 60, 64), 4)
    c.round_box(98, 356, 126, 364, 4, (60, 44, 36))


def farm_yard(c):
    """A farmhouse with corn, pumpkins and a red sun."""
    c.fade((252, 214, 170), (250, 240, 214), 0, 260)
    c.disc(140, 110, 40, (244, 130, 90))
    c.ridge(240, 26, (150, 172, 130), 26)
    c.fade((178, 186, 110), (146, 150, 90), 268, 340)
    for row in range(6):
        y = 276 + row * 11
        for x in range(-10 + row * 7, WIDTH, 20):
            c.line([(x, y + 12), (x + 4, y - 6)], (104, 132, 62), 2.4)
    c.fade((206, 182, 140), (176, 150, 112), 340, 480)
    c.box(230, 210, 590, 370, (232, 218, 190))
    c.box(230, 340, 590, 370, (150, 140, 130))
    c.tiled_roof(216, 604, 214, 140, (120, 92, 80))
    c.box(372, 246, 448, 370, (122, 78, 50))
    c.box(378, 252, 408, 370, (146, 96, 62))
    c.box(412, 252, 442, 370, (146, 96, 62))
    for top, bottom in ((258, 296), (306, 350)):
        for left in (383, 417):
            c.box(left, top, left + 20, bottom, (134, 86, 56))
    c.window(260, 254, 346, 324, (206, 226, 226), (110, 138, 100), 2, 3)
    c.window(474, 254, 560, 324, (206, 226, 226), (110, 138, 100), 2, 3)
    for x in (354, 466):
        for step in range(9):
            y = 224 + step * 12
            c.round_box(x - 9, y, x - 1, y + 14, 4, (240, 186, 62))
            c.round_box(x + 1, y + 4, x + 9, y + 18, 4, (228, 168, 48))
    for x in (236, 584):
        for step in range(7):
            y = 228 + step * 12
            c.shape([(x - 5, y), (x + 5, y), (x, y + 17)], (204, 44, 40))
    for x, y, radius in ((120, 420, 30), (172, 430, 24), (80, 436, 22), (520, 428, 28)):
        for dx in (-0.6, 0.6, 0):
            c.disc(x + dx * radius, y, radius * 0.72, mix((236, 138, 46), (190, 92, 30), abs(dx)))
        c.box(x - 3, y - radius * 0.72 - 9, x + 3, y - radius * 0.6, (96, 110, 60))
    c.tree(64, 372, 230, (122, 150, 76))
    c.round_box(250, 404, 360, 416, 5, (140, 96, 64))
    for x in (262, 340):
        c.box(x, 416, x + 8, 450, (116, 80, 54))


PICTURES = {
    "courtyard": courtyard,
    "courtyard-room": courtyard_room,
    "loft": loft,
    "tower": tower_night,
    "tower-room": flat_living_room,
    "great-wall": great_wall_cottage,
    "great-wall-terrace": cottage_terrace,
    "lake": lake_house,
    "lake-room": bedroom,
    "hutong": hutong,
    "farm": farm_yard,
}

if __name__ == "__main__":
    for name, paint in PICTURES.items():
        canvas = Canvas(name)
        paint(canvas)
        canvas.save(name)
