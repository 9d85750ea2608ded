"""A drawing as a PNG file."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import dist, sqrt
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from orchestration.picture.drawing import Drawing, Point

# Twice the pixels, for sharp screens; less where the image would need more memory than this.
SCALE = 2.0
MOST_PIXELS = 40_000_000
DASH, GAP = 6.0, 4.0
# The first of these that the machine has; the font within the library knows ASCII only.
FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")


def write_png(drawing: Drawing, path: Path) -> None:
    """Draw it and write the file; too large a drawing is made smaller."""
    scale = min(SCALE, sqrt(MOST_PIXELS / (drawing.width * drawing.height)))

    def scaled(points: tuple[Point, ...]) -> list[Point]:
        return [(x * scale, y * scale) for x, y in points]

    image = Image.new("RGB", (int(drawing.width * scale), int(drawing.height * scale)), "white")
    canvas = ImageDraw.Draw(image)
    for line in drawing.lines:
        width = max(1, round(line.width * scale))
        for piece in _dashes(line.points) if line.is_dashed else (line.points,):
            canvas.line(scaled(piece), fill=line.colour, width=width, joint="curve")
    for polygon in drawing.polygons:
        width = max(1, round(polygon.width * scale))
        canvas.polygon(
            scaled(polygon.points), fill=polygon.fill, outline=polygon.outline, width=width
        )
    for words in drawing.words:
        font = _font(words.size * scale)
        canvas.text(
            scaled((words.at,))[0],
            words.text if font else _plain(words.text),
            fill=words.colour,
            font=font or ImageFont.load_default(words.size * scale),
            anchor="lm",
            stroke_width=round(1.5 * scale),
            stroke_fill="white",
        )
    image.save(path, format="PNG")


@cache
def _font(size: float) -> ImageFont.FreeTypeFont | None:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def _plain(text: str) -> str:
    """Without accents, and a question mark for each letter that ASCII does not have at all."""
    letters = (one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return "".join(letters).encode("ascii", "replace").decode()


def _dashes(points: tuple[Point, ...]) -> Iterator[tuple[Point, ...]]:
    """The line in pieces of `DASH` with a `GAP` between them."""
    travelled = 0.0
    for start, end in pairwise(points):
        length = dist(start, end)
        at = 0.0
        while at < length:
            phase = (travelled + at) % (DASH + GAP)
            reach = min(length, at + (DASH if phase < DASH else DASH + GAP) - phase)
            if phase < DASH:
                yield _between(start, end, at / length), _between(start, end, reach / length)
            at = max(reach, at + 0.01)
        travelled += length


def _between(start: Point, end: Point, part: float) -> Point:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
