"""The tracking plan: a JSON Schema file per event, read into the rules that SQL checks."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.warehouse import PROJECT

FOLDER = PROJECT / "tracking"
MODE = "x-mode"
MODES = ("allow", "warn", "quarantine")
PARTS = ("properties", "context", "traits")
TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
ANNOTATIONS = {
    *("$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated"),
}


class TrackingError(ValueError):
    """A schema says what cannot be checked; the text names file, path, keyword and remedy."""


@dataclass(frozen=True)
class Rule:
    """One demand on one place of a message.

    `part` is the field of the message, `elements` the JSON path below it to the arrays whose
    elements are checked one by one (None: the part itself), `path` the JSON path below those,
    `parent` that of the object which a required field belongs to. `argument` is JSON text.
    """

    part: str
    elements: str | None
    parent: str | None
    path: str
    location: str
    keyword: str
    argument: str | None


@dataclass(frozen=True)
class EventPlan:
    """What one event must look like; an event whose mode is `allow` has no rules."""

    event_name: str
    mode: str
    file: Path
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class _Place:
    """Where a schema applies, in the words of Rule, and the file that says so."""

    file: Path
    part: str
    location: str
    elements: str | None = None
    parent: str | None = None
    path: str = "$"

    def rule(self, keyword: str, argument: object = None) -> Rule:
        text = None if argument is None else json.dumps(argument)
        return Rule(self.part, self.elements, self.parent, self.path, self.location, keyword, text)

    def field(self, name: str) -> "_Place":
        if '"' in name or "\\" in name:
            raise self.mistake("properties", "a name with a quote or a backslash cannot be checked")
        return replace(
            self,
            parent=self.path,
            path=f'{self.path}."{name}"',
            location=f"{self.location}.{name}",
        )

    def element(self) -> "_Place":
        arrays = f"{self.elements or '$'}{self.path.removeprefix('$')}[*]"
        location = f"{self.location}[*]"
        return replace(self, elements=arrays, parent=None, path="$", location=location)

    def mistake(self, keyword: str, remedy: str) -> TrackingError:
        file = f"{self.file.parent.name}/{self.file.name}"
        return TrackingError(f"{file}: {self.location}: `{keyword}`: {remedy}.")


def read_plan(folder: Path = FOLDER) -> tuple[EventPlan, ...]:
    """Every schema of the folder, by event; raises TrackingError on the first wrong one."""
    plans: dict[str, EventPlan] = {}
    for file in sorted(folder.glob("*.json")):
        plan = _event_plan(file)
        if other := plans.get(plan.event_name):
            raise TrackingError(
                f"tracking/{file.name}: `title`: {other.file.name} is about this event already; "
                "keep one of the two."
            )
        plans[plan.event_name] = plan
    return tuple(plans.values())


def _event_plan(file: Path) -> EventPlan:
    message = _Place(file, part="message", location="message")
    try:
        schema = json.loads(file.read_text())
    except ValueError as wrong:
        raise message.mistake("{}", f"this is no JSON: {wrong}") from None
    if not isinstance(schema, dict) or not isinstance(schema.get("title"), str):
        raise message.mistake("title", "give the event's name, spelt as its messages spell it")
    mode = schema.get(MODE)
    if mode not in MODES:
        raise message.mistake(MODE, f"give one of {', '.join(MODES)}")
    rules = tuple(_message_rules(schema, message))
    return EventPlan(schema["title"], mode, file, () if mode == "allow" else rules)


def _message_rules(schema: dict[str, Any], message: _Place) -> Iterator[Rule]:
    known = ANNOTATIONS | {MODE, "type", "properties", "required"}
    for keyword in schema:
        if keyword not in known:
            raise message.mistake(keyword, "of a message itself only its parts can be checked")
    parts = {**schema.get("properties", {}), **dict.fromkeys(schema.get("required", ()), True)}
    for part in parts:
        if part not in PARTS:
            raise message.mistake(part, f"only {', '.join(PARTS)} can be checked; remove it")
        place = _Place(message.file, part, location=part)
        if part in schema.get("required", ()):
            yield place.rule("required")
        yield from _rules(schema.get("properties", {}).get(part, True), place)


def _rules(schema: object, place: _Place) -> Iterator[Rule]:
    if schema is True:
        return
    if not isinstance(schema, dict):
        raise place.mistake("{}", "a schema is an object, or true")
    for keyword, argument in schema.items():
        if keyword in ANNOTATIONS:
            continue
        if keyword not in KEYWORDS:
            raise place.mistake(
                keyword, f"this cannot be checked; remove it, or use {', '.join(KEYWORDS)}"
            )
        is_right, remedy = KEYWORDS[keyword]
        if not is_right(argument):
            raise place.mistake(keyword, remedy)
        yield from _keyword_rules(schema, keyword, place)


def _keyword_rules(schema: dict[str, Any], keyword: str, place: _Place) -> Iterator[Rule]:
    argument = schema[keyword]
    if keyword == "properties":
        for name, below in argument.items():
            yield from _rules(below, place.field(name))
    elif keyword == "required":
        for name in argument:
            yield place.field(name).rule("required")
    elif keyword == "items":
        yield from _rules(argument, place.element())
    elif keyword == "additionalProperties":
        if not argument:
            yield place.rule(keyword, sorted(schema.get("properties", {})))
    elif keyword == "const":
        yield place.rule("enum", [argument])
    else:
        is_one_type = keyword == "type" and isinstance(argument, str)
        yield place.rule(keyword, [argument] if is_one_type else argument)


def _is_number(argument: object) -> bool:
    return isinstance(argument, int | float) and not isinstance(argument, bool)


def _is_count(argument: object) -> bool:
    return isinstance(argument, int) and not isinstance(argument, bool) and argument >= 0


def _is_scalar(argument: object) -> bool:
    return argument is None or isinstance(argument, str | int | float)


def _are_names(argument: object) -> bool:
    return isinstance(argument, list) and all(isinstance(each, str) for each in argument)


def _is_type(argument: object) -> bool:
    names = argument if isinstance(argument, list) else [argument]
    return bool(names) and all(each in TYPES for each in names)


def _is_pattern(argument: object) -> bool:
    """Whether the engine that will look for it understands it."""
    try:
        _engine().execute("select regexp_matches('', $pattern)", {"pattern": argument})
    except duckdb.Error:
        return False
    return isinstance(argument, str)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One for all patterns: to start it takes longer than to ask it."""
    return duckdb.connect()


_NUMBER = (_is_number, "give a number")
_COUNT = (_is_count, "give a whole number from 0")
_CHOICE = "give texts, numbers, true, false or null"
# What is checked, when an argument of it is right, and what to do if it is not.
KEYWORDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "type": (_is_type, f"give one or several of {', '.join(TYPES)}"),
    "properties": (lambda argument: isinstance(argument, dict), "give a schema per name"),
    "required": (_are_names, "give a list of names"),
    "items": (lambda argument: isinstance(argument, dict), "give one schema for all elements"),
    "additionalProperties": (lambda argument: isinstance(argument, bool), "give true or false"),
    "enum": (
        lambda argument: (
            isinstance(argument, list) and bool(argument) and all(map(_is_scalar, argument))
        ),
        _CHOICE,
    ),
    "const": (_is_scalar, _CHOICE),
    "minimum": _NUMBER,
    "maximum": _NUMBER,
    "exclusiveMinimum": _NUMBER,
    "exclusiveMaximum": _NUMBER,
    "pattern": (_is_pattern, "give a regular expression of RE2, which knows no lookaround"),
    "minLength": _COUNT,
    "maxLength": _COUNT,
    "minItems": _COUNT,
    "maxItems": _COUNT,
}
