"""Rows under a header, from a CSV file or a sheet, as JSON objects or with a reason why not."""

import json
from collections.abc import Sequence

from orchestration.sources.json_values import Json

Row = dict[str, object]


class RefusedFileError(Exception):
    """A file that cannot be read at all; the text is the reason, and tells nothing of its data."""


class Header:
    """The names of the columns. A column without a name may hold nothing."""

    def __init__(self, names: Sequence[object], key: Sequence[str]) -> None:
        """Raises RefusedFileError if a column of `key` is missing, or if two columns have one name:
        one of them would be lost.
        """
        self._names = ["" if name is None else str(name).strip() for name in names]
        self._nameless = [place for place, name in enumerate(self._names) if not name]
        places: dict[str, int] = {}
        for place, name in enumerate(self._names, start=1):
            if name and places.setdefault(name, place) != place:
                raise RefusedFileError(f"columns {places[name]} and {place} have the same name")
        # What is there instead is not told: without a header it is somebody's data.
        if missing := ", ".join(name for name in key if name not in places):
            raise RefusedFileError(f"the header lacks {missing}, which the key needs")

    def row(self, line_number: int, values: Sequence[Json], text: str | None = None) -> Row | None:
        """The row as it is staged; None if it is empty. `text` is what quarantine shows of it."""
        # Most rows are known not to be empty without a look at each value.
        if not any(values) and all(value is None or value == "" for value in values):
            return None
        refusal = self._refusal(values)
        if refusal is not None:
            shown = json.dumps(values, ensure_ascii=False) if text is None else text
            return refused(line_number, refusal, shown)
        named = {
            name: None if value == "" else value
            for name, value in zip(self._names, values, strict=True)
            if name
        }
        record = json.dumps(named, ensure_ascii=False)
        return {"line_number": line_number, "record": record, "refusal": None, "line": None}

    def _refusal(self, values: Sequence[Json]) -> str | None:
        if len(values) != len(self._names):
            return f"{len(values)} columns where the header has {len(self._names)}"
        if any(values[place] not in (None, "") for place in self._nameless):
            return "a value in a column without a name"
        return None


def refused(line_number: int, refusal: str, line: str) -> Row:
    """A row that goes to quarantine."""
    return {"line_number": line_number, "record": None, "refusal": refusal, "line": line}
