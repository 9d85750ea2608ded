"""A drawing as SVG text."""

from xml.sax.saxutils import escape

from orchestration.picture.drawing import Drawing, Line, Point, Polygon, Words


def svg(drawing: Drawing) -> str:
    """The whole document; every text in it is escaped."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width}" '
        f'height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}" '
        'font-family="Helvetica, Arial, sans-serif">'
    )
    return "\n".join(
        (
            head,
            '<rect width="100%" height="100%" fill="white"/>',
            *(_line(line) for line in drawing.lines),
            *(_polygon(polygon) for polygon in drawing.polygons),
            *(_words(words) for words in drawing.words),
            "</svg>",
            "",
        )
    )


def _path(points: tuple[Point, ...]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _line(line: Line) -> str:
    dashes = ' stroke-dasharray="6 4"' if line.is_dashed else ""
    return (
        f'<polyline points="{_path(line.points)}" fill="none" stroke="{line.colour}" '
        f'stroke-width="{line.width}"{dashes}/>'
    )


def _polygon(polygon: Polygon) -> str:
    return (
        f'<polygon points="{_path(polygon.points)}" fill="{polygon.fill}" '
        f'stroke="{polygon.outline}" stroke-width="{polygon.width}"/>'
    )


def _words(words: Words) -> str:
    x, y = words.at
    return (
        f'<text x="{x:.1f}" y="{y + words.size * 0.35:.1f}" font-size="{words.size}" '
        f'fill="{words.colour}" stroke="white" stroke-width="3" paint-order="stroke">'
        f"{escape(words.text)}</text>"
    )
