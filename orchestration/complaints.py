"""What is wrong with a declaration, in the words of whoever wrote it: field, mistake, remedy."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

# By the first word of pydantic's name for the mistake.
KINDS = {
    "string": "no text",
    "int": "no whole number",
    "float": "no number",
    "bool": "neither true nor false",
    "dict": "no set of fields",
    "model": "no set of fields",
    "list": "no list",
    "tuple": "no list",
}
BOUNDS = {
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be {le:g} or less",
    "string_pattern_mismatch": "has another form",
}
SHARE = "_share"


@dataclass(frozen=True)
class _Place:
    """Where the mistake is: the names that lead there, the model that has it, and its field."""

    path: tuple[str, ...]
    owner: type[BaseModel]
    field: FieldInfo | None


def complaints(
    error: ValidationError, model: type[BaseModel], where: str, hidden: Collection[str] = ()
) -> list[str]:
    """A sentence per field that is wrong; `where` goes before its name, as in `config.meta.sync`.

    Fields of the model that are `hidden` cannot be declared, and are not told of.
    """
    said: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        place = _place(detail["loc"], model)
        name = ".".join(part for part in (where, *place.path) if part)
        said.setdefault(name, f"{name}: {_mistake(detail, place, model, hidden)}")
    return list(said.values())


def nearest(name: str, known: Iterable[str]) -> str:
    """What somebody may have meant by a name that is not known, and all that are."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}there is {', '.join(names) or 'none'}"


def _mistake(
    detail: ErrorDetails, place: _Place, model: type[BaseModel], hidden: Collection[str]
) -> str:
    kind = detail["type"]
    if kind == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return _unknown(place, model, hidden)
    meaning = f" ({place.field.description})" if place.field and place.field.description else ""
    if kind == "missing" or detail["input"] is None:
        return f"is missing{meaning}"
    if kind == "too_short":
        return f"is empty{meaning}"
    if place.path and place.path[-1].endswith(SHARE):
        return _no_share(detail, place.field)
    return _misfit(detail) + meaning


def _misfit(detail: ErrorDetails) -> str:
    kind, given = detail["type"], detail["input"]
    shown = "this" if isinstance(given, dict | list) else repr(given)
    if kind in BOUNDS:
        return f"{shown} {BOUNDS[kind].format(**detail.get('ctx', {}))}"
    if kind == "literal_error":
        return f"there is no {given}; {_choice(str(given), detail)}"
    wanted = KINDS.get(kind.partition("_")[0], "not what it should be")
    is_bare = wanted == KINDS["string"] and isinstance(given, int | float)
    return f"{shown} is {wanted}{'; put it into quotes' if is_bare else ''}"


def _choice(given: str, detail: ErrorDetails) -> str:
    return nearest(given, re.findall(r"'([^']*)'", detail.get("ctx", {}).get("expected", "")))


def _no_share(detail: ErrorDetails, field: FieldInfo | None) -> str:
    given = str(detail["input"])
    is_part = any(getattr(bound, "le", None) == 1 for bound in (field.metadata if field else ()))
    number = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%?\s*", given)
    hint = f"; for {float(number[1]):g} % write {float(number[1]) / 100:g}" if number else ""
    return f"{given} is no share{' between 0 and 1' if is_part else ', where 1 is 100 %'}{hint}"


def _unknown(place: _Place, model: type[BaseModel], hidden: Collection[str]) -> str:
    name = place.path[-1]
    for under, part in _parts(model):
        if part is not place.owner and name in _fields(part).keys() - set(hidden):
            where = f"under {under}" if under else "one level up"
            return f"there is no such field here; it belongs {where}"
    return f"there is no such field; {nearest(name, _fields(place.owner).keys() - set(hidden))}"


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the names under which they are declared."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _parts(model: type[BaseModel], under: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """The model and those in it, each with the names of the fields that lead there."""
    yield under, model
    for name, field in _fields(model).items():
        if (part := _model(field)) is not None:
            yield from _parts(part, f"{under}.{name}".strip("."))


def _place(location: tuple[int | str, ...], model: type[BaseModel]) -> _Place:
    """Ends where the declaration ends: pydantic goes on to branches that nobody writes."""
    names = tuple(map(str, location))
    owner, field = model, None
    for depth, name in enumerate(names, start=1):
        field = _fields(owner).get(name)
        part = _model(field) if field else None
        if part is None:
            # A key of a mapping is written too.
            is_mapping = field is not None and get_origin(field.annotation) is dict
            return _Place(names[: depth + is_mapping], owner, field)
        owner = part
    return _Place(names, owner, field)


def _model(field: FieldInfo) -> type[BaseModel] | None:
    """The model that a field holds, also if it may be left out."""
    for kind in (field.annotation, *get_args(field.annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None
