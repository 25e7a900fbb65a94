"""What residents of the demo city photograph, and the same place once the service has been there. No real photo."""

import io
import random
from collections.abc import Callable
from functools import lru_cache

from alerts.demo.canvas import BOTTOM, SCALE, Canvas

# Left, top, width and height of the number plate, as shares of the picture: what a moderator blurs.
PLATE = (0.575, 0.64, 0.15, 0.07)


def lamp(canvas: Canvas, fixed: bool) -> None:
    canvas.street(night=True)
    if fixed:
        canvas.glow([(57, 13), (63, 13), (86, 66), (32, 66)], "#ffd98a", 120, 6)
        canvas.glow([(54, 8), (67, 8), (67, 19), (54, 19)], "#ffe9b0", 200, 7)
    pole = "#8d94a3" if fixed else "#5d6577"
    canvas.box(71.4, 12, 1.5, 40, pole)
    canvas.box(70.3, 45, 3.7, 7.5, pole, 0.6)
    canvas.line([(72, 12.6), (69, 10), (60, 10.4)], pole, 1.1)
    canvas.shape([(54.5, 10.2), (64, 9.4), (64.5, 11.6), (55.5, 12.6)], "#6c7486")
    canvas.shape([(55.6, 12.4), (63.6, 11.6), (62.6, 13), (57, 13.6)], "#fff3c8" if fixed else "#2b3244")


def pothole(canvas: Canvas, fixed: bool) -> None:
    canvas.street(kerb=34)
    canvas.fade("#7b7f86", "#63676e", 35.3, BOTTOM)
    for y, width in ((41, 0.8), (52, 1.3), (67, 2.2)):
        canvas.shape([(12 - y / 9, y), (24 - y / 9, y), (23.5 - y / 9, y + width), (11 - y / 9, y + width)], "#e6e5df")
    if fixed:
        canvas.shape([(36, 49), (71, 47.5), (76, 64), (35, 66)], "#44474d")
        canvas.line([(36, 49), (71, 47.5), (76, 64), (35, 66), (36, 49)], "#35383d", 0.5)
        return
    canvas.blot(55, 57, 20, 9.4, "#5a5d63", rough=0.12)
    canvas.blot(55, 57.4, 17.5, 7.8, "#3c3e42", rough=0.12)
    canvas.blot(56, 58.8, 13, 5, "#6a5a49", rough=0.14)
    canvas.blot(54, 60, 7, 1.8, "#93a7b3", rough=0.12)
    for _ in range(16):
        canvas.blot(canvas.rng.uniform(30, 82), canvas.rng.uniform(47, 69), 0.9, 0.6, "#4a4d52", rough=0.3)
    for end in ((29, 50), (84, 63), (70, 45.5), (38, 69)):
        canvas.line([(55 + (end[0] - 55) * 0.6, 57 + (end[1] - 57) * 0.6), end], "#4c4f54", 0.4)


def pavement(canvas: Canvas, fixed: bool) -> None:
    canvas.wall("#cdb79a", bricks=False, ground=26)
    canvas.box(62, 4, 12, 22, "#5f7a6a", 0.5)
    canvas.box(8, 3, 14, 14, "#8aa2ae")
    canvas.paving(26)
    if fixed:
        canvas.shape([(35, 46), (60, 46), (63, 59.5), (33, 59.5)], "#d3cec3")
        return
    canvas.shape([(35, 46), (60, 46), (63, 60), (33, 60)], "#4e4a43")
    canvas.shape([(36, 39), (61.5, 42.5), (63, 56), (34, 54)], "#cfcabf")
    canvas.shape([(34, 54), (63, 56), (63, 58.6), (34, 57)], "#98938a")
    canvas.line([(44, 40.4), (48, 47), (46, 50), (52, 55)], "#8a857b", 0.5)
    canvas.line([(33, 62), (40, 64.5), (52, 62.5), (66, 65)], "#8f6f4c", 1.6)
    canvas.line([(40, 64.5), (44, 69)], "#8f6f4c", 1.0)


def sign(canvas: Canvas, fixed: bool) -> None:
    canvas.street()
    for x in range(0, 60, 5):
        canvas.oval(x, 44, 5, 6, canvas.rng.choice(("#4f7a48", "#5c8753", "#477040")))
    lean = 0 if fixed else 18
    foot, top = (68, 54), (68 - lean, 20 + lean * 0.9)
    canvas.line([foot, top], "#9aa0a8", 1.4)
    x, y, far = top[0], top[1], 8.5
    for reach, color in ((far, "#f4f4f0"), (far - 0.8, "#c2272d")):
        half = reach * 0.414
        canvas.shape(
            [
                (x - half, y - reach),
                (x + half, y - reach),
                (x + reach, y - half),
                (x + reach, y + half),
                (x + half, y + reach),
                (x - half, y + reach),
                (x - reach, y + half),
                (x - reach, y - half),
            ],
            color,
        )
    if fixed:
        canvas.box(x - 5.2, y - 1.3, 10.4, 2.6, "#f4f4f0")
    else:
        canvas.shape([(x - 4.6, y - 3), (x + 5.2, y + 0.8), (x + 4.4, y + 3.2), (x - 5.4, y - 0.6)], "#f4f4f0")


def dump(canvas: Canvas, fixed: bool) -> None:
    canvas.wall("#c08f76")
    if fixed:
        return
    canvas.shape([(30, 20), (44, 16), (56, 56), (40, 60)], "#e9e4d8")
    canvas.shape([(44, 16), (48, 16.6), (60, 55), (56, 56)], "#c6bfae")
    for step in range(4):
        y = 25 + step * 9
        canvas.line([(32 + step * 2.5, y), (46 + step * 3, y - 3.4)], "#b6c4d4", 0.9)
    canvas.box(59, 42, 17, 15, "#b98a55")
    canvas.shape([(59, 42), (76, 42), (79, 38), (63, 38)], "#d0a26b")
    canvas.line([(67.5, 42), (67.5, 57)], "#a1743f", 1)
    canvas.box(72, 50, 12, 10, "#a87b49")
    for x, y, size in ((24, 57, 8), (17, 60, 7), (66, 62, 7.5)):
        canvas.blot(x, y, size, size * 0.8, "#2f3338", rough=0.1)
        canvas.shape([(x - 1.6, y - size * 0.7), (x + 1.6, y - size * 0.7), (x + 2.6, y - size * 1.2)], "#2f3338")
        canvas.line([(x - size * 0.4, y - 2), (x - size * 0.1, y + 2)], "#565b62", 0.6)


def graffiti(canvas: Canvas, fixed: bool) -> None:
    canvas.wall("#d8cdb9" if canvas.rng.random() < 0.5 else "#c9cfd0")
    canvas.box(80, 18, 14, 38, "#56707d", 0.5)
    if fixed:
        canvas.box(10, 12, 62, 32, "#ddd3c1" if canvas.rng.random() < 0.5 else "#d3d8d8", 1)
        return
    for color, width, lift in (("#1f2a5a", 3.4, 0.9), ("#e2457a", 2.4, 0)):
        points = []
        for step in range(34):
            x = 12 + step * 1.75
            points.append((x, 28 + lift + (9 if step % 4 < 2 else -8) * (1 if step % 3 else 0.55)))
        canvas.line(points, color, width)
    for x in (18, 37, 58):
        canvas.line([(x, 36), (x, 36 + canvas.rng.uniform(6, 13))], "#e2457a", 0.8)
    canvas.oval(66, 17, 5, 5, "#f0b429")
    canvas.oval(66, 17, 3.4, 3.4, "#d8cdb9")


def litter_bin(canvas: Canvas, fixed: bool) -> None:
    canvas.street(kerb=62)
    canvas.shape([(38, 30), (62, 30), (59, 62), (41, 62)], "#3f6f56")
    for x in range(42, 60, 4):
        canvas.line([(x, 33), (x * 0.86 + 7, 60)], "#315845", 0.8)
    canvas.oval(50, 30, 12.3, 3, "#2b4b3b")
    if fixed:
        canvas.oval(50, 30, 10.3, 2, "#1d3328")
        return
    for x, y, across, color in (
        (43, 27, 5, "#f1efe8"),
        (50, 24, 6.5, "#2f3338"),
        (57, 27, 5, "#d8b04a"),
        (46, 21, 3.6, "#c8402f"),
        (55, 20, 3.2, "#f1efe8"),
    ):
        canvas.blot(x, y, across, across * 0.8, color, rough=0.15)
    for x, y, across, color in (
        (33, 61, 4.5, "#f1efe8"),
        (69, 62, 5, "#2f3338"),
        (27, 64, 2.4, "#c8402f"),
        (75, 66, 2, "#d8b04a"),
        (62, 66, 2.6, "#7aa5c4"),
    ):
        canvas.blot(x, y, across, across * 0.65, color, rough=0.2)


def tree(canvas: Canvas, fixed: bool) -> None:
    canvas.park()
    canvas.shape([(22, 60), (25, 26), (31, 26), (35, 60)], "#75543b")
    for x, y, size in ((28, 16, 15), (17, 22, 11), (40, 21, 11), (29, 26, 12), (24, 9, 10)):
        canvas.blot(x, y, size, size * 0.8, canvas.rng.choice(("#4d7d45", "#588b4e", "#447040")), rough=0.09)
    if fixed:
        canvas.oval(34, 34, 1.6, 2, "#c9a679")
        return
    canvas.line([(33, 33), (47, 43), (66, 60)], "#6a4a33", 2.2)
    canvas.line([(52, 47.5), (62, 46)], "#6a4a33", 1.2)
    canvas.line([(58, 53), (57, 62)], "#6a4a33", 1.1)
    canvas.shape([(31.5, 30), (36, 33), (32.5, 36.5)], "#d2b083")
    for x, y, size in ((66, 45, 6), (58, 64, 6), (70, 61, 8), (75, 55, 5)):
        canvas.blot(x, y, size, size * 0.72, canvas.rng.choice(("#6b934c", "#5e8746")), rough=0.16)


def bench(canvas: Canvas, fixed: bool) -> None:
    canvas.park()
    for x in (24, 72):
        canvas.box(x, 34, 2.4, 31, "#3d4348", 0.6)
        canvas.box(x - 4, 52, 9, 2.2, "#3d4348", 0.6)
        canvas.box(x - 4, 52, 2.2, 15, "#3d4348", 0.6)
    wood = "#a8713f"
    for y in (35, 40, 45):
        if y == 40 and not fixed:
            canvas.shape([(20, 40), (44, 40), (47, 42), (43.5, 43.4), (20, 43.4)], wood)
            canvas.shape([(56, 43), (60, 42), (79, 52), (77.5, 55)], wood)
            continue
        canvas.box(20, y, 60, 3.4, wood, 0.5)
    for y in (50.4, 53.4):
        canvas.box(17, y, 64, 2.6, "#b97f49", 0.5)


def container(canvas: Canvas, fixed: bool) -> None:
    canvas.street(kerb=64)
    canvas.box(28, 20, 44, 43, "#2f7d5b", 6)
    canvas.box(30, 58, 40, 6, "#245f46", 1)
    canvas.box(34, 34, 32, 16, "#f2f0e6", 1)
    canvas.shape(
        [(47, 46), (47, 41), (48.6, 39), (48.6, 36.4), (51.4, 36.4), (51.4, 39), (53, 41), (53, 46)], "#2f7d5b"
    )
    for x in (40, 60):
        canvas.oval(x, 27, 3.6, 3.6, "#163d2d")
    if fixed:
        return
    for _ in range(13):
        x, y = canvas.rng.uniform(16, 84), canvas.rng.uniform(61, 69)
        color = canvas.rng.choice(("#55784a", "#7a5a32", "#a9c6b4", "#3f6542"))
        canvas.box(x, y, 2.6, 4.6, color, 0.8)
        canvas.box(x + 0.8, y - 2.2, 1, 2.6, color)
    canvas.box(73, 55, 11, 9, "#b98a55")
    canvas.box(18, 57, 9, 7, "#c59a63")


def leak(canvas: Canvas, fixed: bool) -> None:
    canvas.street(kerb=40)
    canvas.fade("#7b7f86", "#686c73", 41.3, BOTTOM)
    if not fixed:
        canvas.blot(50, 60, 38, 12, "#8fb3c7", rough=0.1)
        canvas.blot(46, 60, 28, 8, "#a9cbdc", rough=0.1)
        canvas.blot(40, 59, 12, 3, "#c7e0eb", rough=0.12)
    canvas.oval(56, 50, 10, 3.4, "#3f4349")
    canvas.oval(56, 49.6, 8.6, 2.7, "#565b62")
    for x in (51, 54, 57, 60):
        canvas.line([(x, 48), (x + 0.6, 51.2)], "#3f4349", 0.5)
    if not fixed:
        for bend in (-7, -3, 2, 6):
            canvas.line([(56, 50), (56 + bend * 0.6, 40), (56 + bend * 1.5, 45)], "#d5ebf4", 1.1)


def parked_car(canvas: Canvas, fixed: bool) -> None:
    canvas.street(kerb=38)
    canvas.shape([(0, 46), (100, 46), (100, 66), (0, 66)], "#5f8a6e")
    for y in (46, 65.4):
        canvas.box(0, y, 100, 0.8, "#f0f0ea")
    for x in (14, 84):
        canvas.pen.ellipse([side * SCALE for side in (x - 3, 55, x + 1, 59)], outline="#f0f0ea", width=9)
        canvas.pen.ellipse([side * SCALE for side in (x + 4, 55, x + 8, 59)], outline="#f0f0ea", width=9)
        canvas.line([(x - 1, 57), (x + 2, 53), (x + 6, 57)], "#f0f0ea", 0.6)
    if fixed:
        return
    body = canvas.rng.choice(("#c9ced3", "#b5443c", "#3f5f86"))
    canvas.box(28, 27, 47, 27, body, 4)
    canvas.shape([(33, 29), (70, 29), (67, 38), (36, 38)], "#33414d")
    canvas.box(26, 41, 51, 16, body, 3)
    for x in (29, 70):
        canvas.box(x, 44, 4.6, 3.4, "#d33b33", 0.8)
    canvas.box(30, 56, 8, 7, "#24272b", 1.4)
    canvas.box(65, 56, 8, 7, "#24272b", 1.4)
    canvas.box(58.5, 48.6, 13, 4, "#f6f6f2", 0.5)
    canvas.box(58.5, 48.6, 1.4, 4, "#2f57a8", 0.4)
    for x in (61, 62.8, 65, 66.8, 69, 70.4):
        canvas.box(x, 49.6, 1, 2, "#2a2c30")


SCENES: dict[str, Callable[[Canvas, bool], None]] = {
    "lampadaire": lamp,
    "nid-de-poule": pothole,
    "trottoir": pavement,
    "feu-panneau": sign,
    "depot-sauvage": dump,
    "graffiti": graffiti,
    "corbeille": litter_bin,
    "arbre": tree,
    "aire-de-jeux": bench,
    "bac": container,
    "fuite": leak,
    "stationnement": parked_car,
}


@lru_cache(maxsize=64)
def picture(code: str, variant: int, *, fixed: bool = False) -> bytes:
    """A JPEG of a problem of that category (of SCENES) or, where `fixed`, of the same place afterwards.

    Every second `variant` is mirrored; the same arguments give the same picture.
    """
    canvas = Canvas(random.Random(f"{code} {variant}"))  # noqa: S311 - repeatable, not secret
    SCENES[code](canvas, fixed)
    out = io.BytesIO()
    canvas.done(mirrored=variant % 2 == 1 and code != "stationnement").save(out, "JPEG", quality=90)
    return out.getvalue()
