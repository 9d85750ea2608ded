"""A resource of a dlt source that others wrote, with its own way and memory of reading."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pyarrow as pa
from dlt.common.configuration.exceptions import ConfigurationException
from dlt.extract import DltResource, DltSource
from dlt.extract.items import DataItemWithMeta

from orchestration.destinations.template import at
from orchestration.sources.declaration import Declaration
from orchestration.sources.described import moment
from orchestration.sources.description import VARIABLE
from orchestration.sources.elsewhere import FromDlt
from orchestration.sources.json_values import json_value, utc_text, without
from orchestration.sources.vendor import Row, VendorError, row


def resource(declaration: Declaration, wanted: FromDlt) -> DltResource:
    """The resource that is wanted, under a name of ours for its memory.

    Raises VendorError if it cannot be made: no such module, function or object, wrong arguments.
    """
    title = f"{declaration.source}.{declaration.table}"
    module, _, name = wanted.resource.partition(":")
    try:
        made = getattr(import_module(module), name)(**_filled(wanted.arguments))
    except (ImportError, AttributeError, TypeError, ValueError, ConfigurationException) as failure:
        cause = type(failure).__name__
        raise VendorError(f"{title}: {wanted.resource} could not be called: {cause}") from None
    if isinstance(made, DltSource):
        made = _picked(made, wanted, title)
    if not isinstance(made, DltResource):
        raise VendorError(f"{title}: {wanted.resource} returns no dlt resource")
    return made.with_name(f"{declaration.table}__read")


def rows_of(wanted: FromDlt) -> Callable[[object], DataItemWithMeta]:
    """A function from what the resource yields to rows as they land."""
    started = utc_text(datetime.now(UTC))

    def rows(items: object) -> DataItemWithMeta:
        # Hints that come along are for a table of its own, so they go no further.
        return DataItemWithMeta(None, [_version(wanted, each, started) for each in _records(items)])

    return rows


def _picked(source: DltSource, wanted: FromDlt, title: str) -> DltResource:
    names = sorted(source.selected_resources)
    picked = wanted.object or (names[0] if len(names) == 1 else None)
    if picked not in names:
        raise VendorError(f"{title}: object {wanted.object} is none of {', '.join(names)}")
    return source.selected_resources[picked]


def _filled(argument: Any) -> Any:  # noqa: ANN401 - any YAML
    if isinstance(argument, str):
        return VARIABLE.sub(lambda found: os.environ[found[1]], argument)
    if isinstance(argument, Mapping):
        return {name: _filled(each) for name, each in argument.items()}
    return [_filled(each) for each in argument] if isinstance(argument, list) else argument


def _records(items: object) -> list[dict[str, Any]]:
    if isinstance(items, pa.Table | pa.RecordBatch):
        return list(items.to_pylist())
    found = items if isinstance(items, list) else [items]
    for each in found:
        if not isinstance(each, dict):
            raise VendorError(f"a dlt resource yields {type(each).__name__} instead of records")
    return found


def _version(wanted: FromDlt, record: dict[str, Any], started: str) -> Row:
    values = [json_value(at(record, path)) for path in wanted.key]
    content = without(record, wanted.updated_at) if wanted.updated_at else record
    return row(
        {name: json_value(value) for name, value in content.items()},
        # Without an id the load puts the record into quarantine.
        "" if None in values else "|".join(map(str, values)),
        _changed_at(record, wanted) or started,
        is_deleted=False,
    )


def _changed_at(record: dict[str, Any], wanted: FromDlt) -> str | None:
    told = at(record, wanted.updated_at) if wanted.updated_at else None
    if isinstance(told, date):
        return utc_text(told)
    return None if told is None else moment(told)
