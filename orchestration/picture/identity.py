"""The picture of an explanation: identifiers as marks, records as lines, refusals dashed."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from orchestration.explanation import Explanation
from orchestration.picture.drawing import (
    INK,
    LETTER,
    PALE,
    REFUSED,
    Drawing,
    Line,
    Point,
    Words,
    bend,
    mark,
)
from orchestration.picture.layout import Place, Plot, plot
from orchestration.picture.png import write_png
from orchestration.picture.svg import svg

ROW = 30
MARGIN = 30
LEGEND = 60


def write_picture(explanation: Explanation, path: Path) -> int:
    """Write an .svg or .png file; returns how many identifiers had no room in it.

    Raises ValueError for another suffix, OSError if the file cannot be written.
    """
    if path.suffix.lower() not in (".svg", ".png"):
        raise ValueError(f"{path.name} is no picture: end the name in .svg or .png.")
    plotted = plot(explanation)
    drawing = _Sketch(explanation, plotted).drawing()
    if path.suffix.lower() == ".svg":
        path.write_text(svg(drawing), encoding="utf-8")
    else:
        write_png(drawing, path)
    return plotted.left_out


class _Sketch:
    def __init__(self, explanation: Explanation, plotted: Plot) -> None:
        self._explanation = explanation
        self._plot = plotted
        deepest = max(place.column for place in plotted.places.values())
        self._column = min(240, max(90, 1600 // max(1, deepest)))
        chain = explanation.chain
        self._chain = {frozenset(pair) for pair in pairwise(chain)}

    def drawing(self) -> Drawing:
        places = self._plot.places.values()
        kinds = {kind: number for number, kind in enumerate(self._explanation.identifier_types)}
        ties = [*self._ties(), *self._refusals()]
        words = [*self._titles(), *(self._name(place) for place in places)]
        words += [text for _, text in ties]
        marks = [
            mark(
                kinds.get(place.identifier_type, len(kinds)),
                self._at(place),
                outline=REFUSED if place.reason else INK,
                width=3 if place.is_asked else 1,
            )
            for place in places
        ]
        for number, kind in enumerate(self._explanation.identifier_types):
            at = (MARGIN + 190.0 * (number % 6), MARGIN + 24.0 * (number // 6))
            marks.append(mark(number, at))
            words.append(Words(kind, (at[0] + 14, at[1])))
        return Drawing(
            width=int(max(text.right for text in words)) + MARGIN,
            height=int(self._y(self._plot.rows)) + MARGIN,
            lines=tuple(line for line, _ in ties),
            polygons=tuple(marks),
            words=tuple(words),
        )

    def _y(self, row: int) -> float:
        legend_rows = (len(self._explanation.identifier_types) - 1) // 6
        return LEGEND + 24.0 * legend_rows + ROW * (row + 0.5)

    def _at(self, place: Place) -> Point:
        return MARGIN + 10.0 + self._column * place.column, self._y(place.row)

    def _name(self, place: Place) -> Words:
        x, y = self._at(place)
        text = f"{place.text} - {place.reason}" if place.reason else place.text
        return Words(text, (x + 14, y), colour=REFUSED if place.reason else INK)

    def _titles(self) -> Iterator[Words]:
        for row, title in self._plot.titles:
            yield Words(title, (MARGIN, self._y(row)), size=15)
        if self._plot.left_out:
            text = f"{self._plot.left_out:,} more identifiers had no room here."
            yield Words(text, (MARGIN, self._y(self._plot.rows)), colour=PALE)

    def _ties(self) -> Iterator[tuple[Line, Words]]:
        for customer in self._explanation.customers:
            for link in customer.links:
                ends = (link.node_id, link.other_node_id)
                is_asked = frozenset(ends) in self._chain
                style = Line((), INK, 3.5) if is_asked else Line(())
                yield from self._curve(*ends, link.source, style)

    def _refusals(self) -> Iterator[tuple[Line, Words]]:
        guards = {
            (
                min(refusal.node_id, refusal.other_node_id),
                max(refusal.node_id, refusal.other_node_id),
            ): refusal.guard
            for customer in self._explanation.customers
            for refusal in customer.refusals
        }
        for ends, guard in guards.items():
            yield from self._curve(*ends, guard, Line((), REFUSED, is_dashed=True))

    def _curve(self, one: int, other: int, text: str, style: Line) -> Iterator[tuple[Line, Words]]:
        """Down the column of the first and along the row of the second; else a bow to the left."""
        if one not in self._plot.places or other not in self._plot.places:
            return
        if self._plot.places[one].beside == other:
            one, other = other, one
        start, end = (self._at(self._plot.places[node_id]) for node_id in (one, other))
        is_step = self._plot.places[other].beside == one
        size, room = 10, 15
        if is_step:
            points = bend(start, (start[0], end[1]), end)
            room = int((end[0] - start[0] - 30) / (size * LETTER))
            at = (end[0] - 14 - min(room, len(text)) * size * LETTER, end[1] - 7)
        else:
            points = bend(start, (min(start[0], end[0]) - 60, (start[1] + end[1]) / 2), end)
            at = points[len(points) // 2]
        short = text if len(text) <= room else f"{text[: room - 1]}…"
        line = Line(points, style.colour, style.width, style.is_dashed)
        yield line, Words(short, at, size, REFUSED if style.is_dashed else PALE)
