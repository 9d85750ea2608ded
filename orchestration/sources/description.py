"""What a YAML file says of a kind of source: address, credentials, paging, objects, requests."""

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from orchestration.complaints import complaints
from orchestration.destinations.answer import Described
from orchestration.destinations.description import (
    Address,
    BasicAuth,
    HeaderAuth,
    OAuthAuth,
    Throttled,
)

FOLDER = Path(__file__).parent
VARIABLE = re.compile(r"\$([A-Z][A-Z0-9_]+)")
WORD = re.compile(r"\$([a-z]\w*)")
# Those that reading gives.
GIVEN = {"since", "from", "to"}
Moment = Literal["iso", "seconds", "milliseconds", "http_date", "date"]
Values = list[str | int | bool | None]


class Since(Described):
    """How a request asks for what changed since `$since`; `first` is where to begin, if it must."""

    parameters: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    format: Moment = "iso"
    first: str | None = None


class Read(Described):
    """One request and its pages; `records` is where the list is, empty if the reply is the list.

    `record` is where the record is in what is listed, if that only speaks of it. `is_deleted` is
    true of a list of deletions, or says which values in what is listed mean one. `empty` are
    statuses that mean that there is nothing; `none` is a field of a reply that leaves out a list
    without records. `updated_at`, a path in what is listed, and `pages` replace what the object and
    the description say. After `most` records the vendor tells no more: the next question is for
    what changed since the last of them, so they must come in the order of their changes.
    """

    path: str
    method: Literal["GET", "POST"] = "GET"
    records: str
    parameters: dict[str, str | int | bool | list[str]] = Field(default_factory=dict)
    body: dict[str, Any] | None = None
    since: Since | None = None
    empty: tuple[int, ...] = ()
    none: str = ""
    record: str | None = None
    is_deleted: bool | dict[str, Values] = False
    updated_at: str | None = None
    pages: dict[str, Any] | None = None
    most: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _can_go_on(self) -> "Read":
        if self.most is not None and self.since is None:
            raise ValueError("most is of no use without since, with which reading goes on")
        return self


class Scan(Described):
    """Every so many `hours` all is read, and a record that is no longer told is a deletion.

    That all are gone is believed only of what `can_be_empty`: else a permission was lost.
    """

    hours: int = Field(gt=0)
    can_be_empty: bool = False


class Changes(Described):
    """Lists that tell no change: what is asked instead, once all was read, newest change first.

    The vendor tells changes of so many `days`; after a longer pause all is read again.
    """

    days: int = Field(gt=0)
    reads: tuple[Read, ...] = Field(min_length=1)


class Window(Described):
    """The days that each reading takes anew, `first_days` the first time.

    `day` is the day within a record, a path in it. A record of those days that is no longer told is
    a deletion.
    """

    days: int = Field(gt=0)
    first_days: int = Field(gt=0)
    day: str


class Object(Described):
    """What is read of one object: `id` are paths joined by `|`, `leave_out` is not stored."""

    id: tuple[str, ...] = Field(min_length=1)
    updated_at: str | None = None
    is_deleted: dict[str, Values] = Field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    reads: tuple[Read, ...] = Field(min_length=1)
    window: Window | None = None
    scan: Scan | None = None
    changes: Changes | None = None

    @model_validator(mode="after")
    def _has_time(self) -> "Object":
        # What is listed before its changes has the time of reading.
        asked = self.changes.reads if self.changes else self.reads
        if self.window is None and any(not (r.updated_at or self.updated_at) for r in asked):
            raise ValueError("updated_at is needed, where the record says when it changed")
        return self

    @property
    def words(self) -> tuple[str, ...]:
        """The options that a source table must give: the words of its requests."""
        requests = [*self.reads, *(self.changes.reads if self.changes else ())]
        told = [(each.path, each.parameters, each.body, each.since) for each in requests]
        return tuple(sorted(set(WORD.findall(str(told))) - GIVEN))


class Description(Described):
    """A kind of source: where it listens, how it pages (in dlt's words), what it has."""

    title: str
    documents: list[str] = Field(min_length=1, description="the vendor's pages that it follows")
    address: Address
    auth: Annotated[HeaderAuth | BasicAuth | OAuthAuth, Field(discriminator="kind")]
    headers: dict[str, str] = Field(default_factory=dict)
    pages: dict[str, Any]
    throttled: Throttled | None = None
    objects: dict[str, Object]

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables without which nothing can be read."""
        named = set(VARIABLE.findall(self.model_dump_json(exclude={"title", "documents"})))
        if not self.address.default:
            named.add(self.address.variable)
        return tuple(sorted(named))


@cache
def kinds() -> tuple[str, ...]:
    """The kinds of source that are YAML files."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yml")))


@cache
def description(kind: str) -> Description:
    """The kind that a file describes; raises ValueError, which names the file and each mistake."""
    file = FOLDER / f"{kind}.yml"
    try:
        return Description.model_validate(yaml.safe_load(file.read_text()))
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else "?"
        raise ValueError(
            f"orchestration/sources/{file.name}, line {line}: {broken.problem}"
        ) from None
    except ValidationError as wrong:
        mistakes = "; ".join(complaints(wrong, Description, ""))
        raise ValueError(f"orchestration/sources/{file.name}: {mistakes}") from None
