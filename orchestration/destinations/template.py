"""Fills the shape of a request with rows, as text: a row's fields are JSON already."""

import json
import re
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring_ascii as quoted

from orchestration.destinations.protocol import Batch, Row

WORD = re.compile(r'"\$(\w+)"')
IN_PATH = re.compile(r"\$(\w+)")

OF_A_ROW: dict[str, Callable[[Row], str]] = {
    "fields": lambda row: row.fields or "{}",
    "match": lambda row: quoted(row.match),
    "customer_id": lambda row: quoted(row.customer_id),
    "remote_id": lambda row: quoted(row.remote_id),
    "key": lambda row: quoted(row.key),
    "operation": lambda row: quoted(row.operation),
    "values": lambda row: json.dumps(list(json.loads(row.fields).values())),
    "texts": lambda row: json.dumps(
        ["" if value is None else str(value) for value in json.loads(row.fields).values()]
    ),
}
OF_A_BATCH: dict[str, Callable[[Batch], str]] = {
    "batch_key": lambda batch: json.dumps(batch.key),
    "planned_at": lambda batch: json.dumps(batch.planned_at),
    "planned_seconds": lambda batch: str(int(batch.planned_at)),
}


class Template:
    """A piece of JSON in which `$word` stands for something of the row, the batch or the sync.

    `constants` are words of the sync, `more` are words of a row beside the usual ones. Raises
    ValueError if a word means nothing.
    """

    def __init__(
        self,
        shape: object,
        constants: Mapping[str, object],
        more: Mapping[str, Callable[[Row], str]],
    ) -> None:
        self._of_a_row = {**OF_A_ROW, **more}

        def constant(found: re.Match[str]) -> str:
            name = found.group(1)
            return json.dumps(constants[name]) if name in constants else found.group(0)

        # Text at even places, words that only a row or a batch can fill at odd ones.
        self._pieces = WORD.split(WORD.sub(constant, json.dumps(shape)))
        known = self._of_a_row.keys() | OF_A_BATCH.keys() | {"rows"}
        for word in self._pieces[1::2]:
            if word not in known:
                raise ValueError(f"${word} means nothing; there is ${', $'.join(sorted(known))}")

    def row(self, row: Row, batch: Batch) -> str:
        """The piece for one row."""
        return self._filled(
            lambda word: (
                OF_A_BATCH[word](batch) if word in OF_A_BATCH else self._of_a_row[word](row)
            )
        )

    def body(self, rows: str, batch: Batch) -> str:
        """The body around all rows, which are joined already."""
        first = batch.rows[0]
        return self._filled(
            lambda word: (
                rows
                if word == "rows"
                else OF_A_BATCH[word](batch)
                if word in OF_A_BATCH
                else self._of_a_row[word](first)
            )
        )

    def _filled(self, value: Callable[[str], str]) -> str:
        return "".join(
            piece if place % 2 == 0 else value(piece) for place, piece in enumerate(self._pieces)
        )


def listed(shape: object, fields: str) -> str:
    """A JSON list with the shape filled for each member of a JSON object.

    In it `$field` is its name, `$field_texts` a list of its values as texts, empty for null.
    """
    members = json.loads(fields, parse_float=str).items()
    return json.dumps([_of_a_field(shape, name, value) for name, value in members])


def _of_a_field(shape: object, name: str, value: object) -> object:
    if isinstance(shape, dict):
        return {key: _of_a_field(piece, name, value) for key, piece in shape.items()}
    if shape == "$field_texts":
        values = value if isinstance(value, list) else [] if value is None else [value]
        return [each if isinstance(each, str) else json.dumps(each) for each in values]
    return name if shape == "$field" else shape


def filled_path(path: str, constants: Mapping[str, object], words: Mapping[str, str]) -> str:
    """A path in which `$word` stands for a constant or one of these words."""

    def word(found: re.Match[str]) -> str:
        name = found.group(1)
        return words[name] if name in words else str(constants[name])

    return IN_PATH.sub(word, path)


def at(content: object, path: str) -> object:
    """What lies at a dotted path of JSON; a number picks from a list. None if nothing does."""
    for step in path.split(".") if path else ():
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and step.isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content
