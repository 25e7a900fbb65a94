"""A small stage to draw streets on: flat colours, soft edges. Lengths are hundredths of the picture's width."""

import math
import random

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 760, 570  # pixels of the finished picture
SHARPER = 2  # drawn larger, then made smaller: smooth edges
SCALE = WIDTH * SHARPER / 100
BOTTOM = 75.0  # hundredths of the width from top to bottom

Color = str | tuple[int, int, int]
WALLS = ("#d9b48f", "#c9a27e", "#b9c4c9", "#e3d3b4", "#c98f78", "#a9b8a0")
ROOFS = ("#7d4a3a", "#5c5f66", "#8a5a44")


class Canvas:
    """What is drawn later covers what was drawn before. `rng` gives what differs between two pictures of a kind."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.image = Image.new("RGB", (WIDTH * SHARPER, HEIGHT * SHARPER), "white")
        self.pen = ImageDraw.Draw(self.image)

    def fade(self, top: Color, bottom: Color, start: float = 0, end: float = BOTTOM) -> None:
        """A band from edge to edge whose colour changes from `start` down to `end`."""
        band = Image.new("RGB", (1, 2))
        pen = ImageDraw.Draw(band)
        pen.point((0, 0), top)
        pen.point((0, 1), bottom)
        size = (self.image.width, round((end - start) * SCALE))
        self.image.paste(band.resize(size, Image.Resampling.BILINEAR), (0, round(start * SCALE)))

    def shape(self, points, color: Color) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=color)

    def box(self, x: float, y: float, width: float, height: float, color: Color, round_by: float = 0) -> None:
        corners = (x * SCALE, y * SCALE, (x + width) * SCALE, (y + height) * SCALE)
        self.pen.rounded_rectangle(corners, round_by * SCALE, fill=color)

    def oval(self, x: float, y: float, across: float, down: float, color: Color) -> None:
        """Around (x, y), `across` and `down` are half its width and height."""
        self.pen.ellipse(((x - across) * SCALE, (y - down) * SCALE, (x + across) * SCALE, (y + down) * SCALE), color)

    def line(self, points, color: Color, width: float) -> None:
        self.pen.line(
            [(x * SCALE, y * SCALE) for x, y in points], fill=color, width=max(1, round(width * SCALE)), joint="curve"
        )

    def blot(self, x: float, y: float, across: float, down: float, color: Color, *, rough: float = 0.2) -> None:
        """An irregular spot around (x, y)."""
        turns = [2 * math.pi * step / 18 for step in range(18)]
        far = [1 + self.rng.uniform(-rough, rough) for _ in turns]
        self.shape(
            [
                (x + across * reach * math.cos(turn), y + down * reach * math.sin(turn))
                for turn, reach in zip(turns, far, strict=True)
            ],
            color,
        )

    def glow(self, points, color: Color, strength: int, blur: float) -> None:
        """Light with soft edges, `strength` from 0 to 255."""
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon([(x * SCALE, y * SCALE) for x, y in points], fill=strength)
        mask = mask.resize((WIDTH // 4, HEIGHT // 4)).filter(ImageFilter.GaussianBlur(blur))
        self.image.paste(Image.new("RGB", self.image.size, color), mask=mask.resize(self.image.size))

    def done(self, *, mirrored: bool) -> Image.Image:
        image = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else image

    def street(self, *, night: bool = False, kerb: float = 52.0) -> None:
        """A row of houses, a pavement and a road below `kerb`."""
        self.fade(*(("#0d1526", "#25324c") if night else ("#a9cfe8", "#e8f1f3")), 0, 40)
        x = -self.rng.uniform(0, 8)
        while x < 100:
            width = self.rng.uniform(15, 24)
            self._house(x, width, self.rng.uniform(9, 19), kerb - 8, night)
            x += width
        self.box(0, kerb - 8, 100, 8, "#30374a" if night else "#c8c4bb")
        self.box(0, kerb, 100, 1.3, "#3b4357" if night else "#a5a198")
        self.fade(*(("#1c2230", "#272e3e") if night else ("#777b82", "#666a71")), kerb + 1.3, BOTTOM)
        for start in range(-4, 100, 22):
            self.shape(
                [(start, 68), (start + 11, 68), (start + 10, 69.6), (start - 1, 69.6)],
                "#4b5468" if night else "#dcdcd6",
            )

    def wall(self, color: Color, *, bricks: bool = True, ground: float = 56.0) -> None:
        """A long wall from the top to a pavement."""
        self.box(0, 0, 100, ground, color)
        if bricks:
            shade = tuple(max(0, part - 14) for part in Image.new("RGB", (1, 1), color).getpixel((0, 0)))
            for row, y in enumerate(range(0, int(ground), 4)):
                self.line([(0, y), (100, y)], shade, 0.25)
                for x in range(0, 108, 9):
                    at = x + (4.5 if row % 2 else 0)
                    self.line([(at, y), (at, min(y + 4, ground))], shade, 0.25)
        self.box(0, ground - 2, 100, 2, "#8f8a80")
        self.paving(ground)

    def paving(self, top: float, color: Color = "#c3beb3", joint: Color = "#aaa498") -> None:
        """Slabs that run away from us."""
        self.box(0, top, 100, BOTTOM - top, color)
        for step in range(4):
            y = top + (BOTTOM - top) * (step / 4) ** 1.5
            self.line([(0, y), (100, y)], joint, 0.35)
        for x in range(-100, 201, 16):
            self.line([(50 + (x - 50) * 0.62, top), (x, BOTTOM)], joint, 0.35)

    def park(self) -> None:
        """Sky, a hedge far away, a meadow and a path."""
        self.fade("#9cc9ea", "#e6f2f3", 0, 40)
        for x in range(-5, 110, 9):
            self.oval(x, 37 + self.rng.uniform(-2, 1), 9, 7, self.rng.choice(("#5f8a54", "#6b975d", "#557d4c")))
        self.fade("#8fb86b", "#6f9f52", 38, BOTTOM)
        self.shape([(28, BOTTOM), (48, 42), (54, 42), (82, BOTTOM)], "#d9caa6")

    def _house(self, x: float, width: float, top: float, ground: float, night: bool) -> None:
        wall = self.rng.choice(("#2f3850", "#29314a", "#343d55") if night else WALLS)
        self.box(x, top, width, ground - top, wall)
        roof = "#1b2133" if night else self.rng.choice(ROOFS)
        self.shape([(x - 0.6, top), (x + 2.5, top - 5), (x + width - 2.5, top - 5), (x + width + 0.6, top)], roof)
        count = 3 if width > 19 else 2
        gap = width / count
        door = self.rng.randrange(count)
        for floor, y in enumerate((top + 3, top + 14)):
            for n in range(count):
                left = x + gap * n + gap / 2 - 2
                if floor and n == door:
                    self.box(left - 0.3, ground - 11, 4.6, 11, "#1a2030" if night else "#6b4a3a", 0.4)
                    continue
                lit = night and self.rng.random() < 0.14
                self.box(left - 0.5, y - 0.5, 5, 7.4, "#232a3f" if night else "#f3ede2")
                self.box(left, y, 4, 6.4, "#e8c46a" if lit else "#151b2b" if night else "#7f99aa")
