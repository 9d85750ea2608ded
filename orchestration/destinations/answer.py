"""Reads what a vendor answers, row by row: a 2xx alone is no success."""

from collections.abc import Collection, Sequence
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field

from orchestration.destinations.protocol import BatchRefused, Outcome, Row, sent
from orchestration.destinations.template import at

Values = list[str | int | bool | None]


class Described(BaseModel):
    """A part of a description; unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(Described):
    """How the answer to a batch names its rows.

    `all`: every row was taken. `index`: a list at `at` has an entry per row, in their order. `key`:
    what lies at `at` are the refused rows only, a list whose entries name the row at `key`, or an
    object by that name, whose entries may be words alone. `count`: the number at `at` were refused,
    whichever they are, of those that `received` counts. `job`: a ticket at `at`; `poll` tells
    later. `found`: the records that there are, a list whose entries name the row at `key` and their
    `remote_id`; 204 if there are none.
    """

    align: Literal["all", "index", "key", "count", "job", "found"] = "all"
    at: str = ""
    expects: dict[str, Values] = Field(
        default_factory=dict, description="path: values; with any other, all rows are in doubt"
    )
    taken: dict[str, Values] = Field(
        default_factory=dict, description="path in the entry: values of a taken row"
    )
    later: dict[str, Values] = Field(
        default_factory=dict, description="path in the entry: values that ask to try again"
    )
    key: str = ""
    taken_at: str = Field(
        default="", description="key only: where taken rows are named; others are in doubt"
    )
    is_code_and_words: bool = Field(
        default=False, description="key only: an entry is {code: words}, here `code` and `message`"
    )
    received: str = ""
    code: str = ""
    message: str = ""
    field: str = Field(default="", description="of the field that is wrong; told with `message`")
    remote_id: str = ""

    def outcomes(self, response: httpx.Response, rows: Sequence[Row]) -> list[Outcome]:
        """What became of the rows; none for those in doubt. Raises BatchRefused for a count."""
        if self.align == "found":
            return self._found(response, rows)
        content = body(response)
        is_unread = content is None and (self.expects or self.align != "all")
        if is_unread or any(at(content, p) not in values for p, values in self.expects.items()):
            return []
        if self.align == "all":
            return [sent(row.position) for row in rows]
        found = at(content, self.at)
        if self.align == "job":
            ticket = str(found) if found else ""
            return [Outcome(r.position, "pending", ticket=ticket) for r in rows] if ticket else []
        if self.align == "count":
            return self._counted(found, content, rows)
        return (
            self._by_index(found, rows)
            if self.align == "index"
            else self._by_key(found, content, rows)
        )

    def _found(self, response: httpx.Response, rows: Sequence[Row]) -> list[Outcome]:
        listed = [] if response.status_code == 204 else at(body(response), self.at)
        if not isinstance(listed, list):
            return []
        ids = {
            _text(at(entry, self.key), "").lower(): _text(at(entry, self.remote_id), "")
            for entry in listed
        }
        return [
            Outcome(row.position, "sent", remote_id=ids.get(row.match.lower(), "")) for row in rows
        ]

    def _counted(self, found: object, content: object, rows: Sequence[Row]) -> list[Outcome]:
        if not isinstance(found, int):
            return []
        if self.received and at(content, self.received) != len(rows):
            return []
        if found:
            raise BatchRefused(_text(_named(content, self.code), "invalid"), "")
        return [sent(row.position) for row in rows]

    def _by_index(self, found: object, rows: Sequence[Row]) -> list[Outcome]:
        entries = found if isinstance(found, list) else []
        return [
            self._entry(row, entry)
            for row, entry in zip(rows, entries, strict=False)
            if isinstance(entry, dict)
        ]

    def _entry(self, row: Row, entry: dict[str, object]) -> Outcome:
        is_taken = [at(entry, path) in values for path, values in self.taken.items()]
        if is_taken and all(is_taken):
            remote_id = _text(_named(entry, self.remote_id), "")
            return Outcome(row.position, "sent", remote_id=remote_id)
        if any(at(entry, path) in values for path, values in self.later.items()):
            return Outcome(row.position, "unsent")
        return self._rejected(row, entry)

    def _by_key(self, found: object, content: object, rows: Sequence[Row]) -> list[Outcome]:
        if isinstance(found, list):
            found = {_text(_named(entry, self.key), ""): entry for entry in found}
        refused = found if isinstance(found, dict) else {}
        taken = at(content, self.taken_at) if self.taken_at else {row.match for row in rows}
        named = taken if isinstance(taken, Collection) else ()
        return [
            self._refused(row, refused[row.match]) if row.match in refused else sent(row.position)
            for row in rows
            if row.match in refused or row.match in named
        ]

    def _refused(self, row: Row, entry: object) -> Outcome:
        if isinstance(entry, str):
            return Outcome(row.position, "rejected", "rejected", entry)
        if self.is_code_and_words and isinstance(entry, dict):
            entry = {"code": next(iter(entry), ""), "message": next(iter(entry.values()), "")}
        if isinstance(entry, dict) and (self.taken or self.later):
            return self._entry(row, entry)
        return self._rejected(row, entry)

    def _rejected(self, row: Row, entry: object) -> Outcome:
        code = _text(_named(entry, self.code), "rejected")
        return Outcome(row.position, "rejected", code, _words(entry, self.field, self.message))


class Errors(Described):
    """Where a refusal of a whole request says why."""

    code: str = ""
    message: str = ""
    field: str = ""

    def refusal(self, response: httpx.Response) -> BatchRefused:
        """The refusal in the vendor's words, or by its status alone."""
        content = body(response)
        code = _text(_named(content, self.code), str(response.status_code))
        return BatchRefused(code, _words(content, self.field, self.message))


def body(response: httpx.Response) -> object:
    """The answer as JSON, or None if it is none."""
    try:
        content: object = response.json()
    except ValueError:
        return None
    return content


def _words(content: object, field: str, message: str) -> str:
    """What the vendor says, after the field that it says it of, if it names one."""
    said = (_text(_named(content, path), "") for path in (field, message))
    return ": ".join(words for words in said if words)


def _named(content: object, path: str) -> object:
    """What lies at a path that a description may leave out."""
    return at(content, path) if path else None


def _text(value: object, default: str) -> str:
    return default if value in (None, "") else str(value)
