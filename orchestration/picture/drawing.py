"""What a picture is made of: lines, polygons and words at places in pixels, top left being zero."""

from dataclasses import dataclass
from math import cos, pi, sin

Point = tuple[float, float]

INK = "#1f2933"
PALE = "#7b8794"
REFUSED = "#c81e1e"
# Colours that also differ in brightness, for people who do not tell red from green.
COLOURS = (
    "#1f5fa8", "#e08a00", "#2a9d5c", "#8e44ad", "#00a3b4", "#8a5a2b", "#d14f8b", "#5b6770",
)  # fmt: skip
CORNERS = (24, 4, 3, 6, 5)
# About how wide a letter is, in sizes.
LETTER = 0.6


@dataclass(frozen=True)
class Line:
    """A line through points; dashed where it stands for what is not."""

    points: tuple[Point, ...]
    colour: str = PALE
    width: float = 1.5
    is_dashed: bool = False


@dataclass(frozen=True)
class Polygon:
    """A filled shape with an outline."""

    points: tuple[Point, ...]
    fill: str
    outline: str = INK
    width: float = 1.0


@dataclass(frozen=True)
class Words:
    """Text that begins at a place and is centred on its height; `size` is the height of a line."""

    text: str
    at: Point
    size: int = 13
    colour: str = INK

    @property
    def right(self) -> float:
        """About where it ends."""
        return self.at[0] + len(self.text) * self.size * LETTER


@dataclass(frozen=True)
class Drawing:
    """A picture; what is named later lies above what is named before."""

    width: int
    height: int
    lines: tuple[Line, ...]
    polygons: tuple[Polygon, ...]
    words: tuple[Words, ...]


def mark(kind: int, at: Point, *, outline: str = INK, width: float = 1.0) -> Polygon:
    """The mark of the kind with this number: another colour for each, then another shape."""
    corners = CORNERS[kind % len(CORNERS)]
    return Polygon(
        points=tuple(
            (at[0] + 8 * sin(turn), at[1] - 8 * cos(turn))
            for turn in (
                2 * pi * (corner + 0.5 * (corners == 4)) / corners for corner in range(corners)
            )
        ),
        fill=COLOURS[kind % len(COLOURS)],
        outline=outline,
        width=width,
    )


def bend(start: Point, corner: Point, end: Point) -> tuple[Point, ...]:
    """A curve from start to end that leaves and arrives in the direction of the corner."""
    return tuple(
        (
            (1 - t) ** 2 * start[0] + 2 * t * (1 - t) * corner[0] + t**2 * end[0],
            (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * corner[1] + t**2 * end[1],
        )
        for t in (step / 16 for step in range(17))
    )
