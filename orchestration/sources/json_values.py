"""Values of databases, spreadsheets and Python as JSON has them, so that equal ones stay equal."""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

Json = None | bool | int | float | str | list[Any] | dict[str, Any]


def json_value(value: object) -> Json:
    """The value as JSON: times in ISO 8601 and UTC, exact numbers and bytes (hex) as text.

    A time without a zone keeps what it says, a whole float is an integer, an interval is seconds.
    What has no counterpart becomes its text. Text that is no UTF-8 loses the broken characters.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, date | time):
        return _moment(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return _other(value)


def utc_text(moment: datetime | date) -> str:
    """A moment as ISO text in UTC with microseconds; without a zone it is taken to be in UTC."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _moment(value: date | time) -> str:
    is_zoned = isinstance(value, datetime) and value.tzinfo is not None
    return utc_text(value) if is_zoned and isinstance(value, datetime) else value.isoformat()


def _number(value: float) -> Json:
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _other(value: object) -> Json:
    if isinstance(value, Enum):
        return json_value(value.value)
    if isinstance(value, timedelta):
        return _number(value.total_seconds())
    if isinstance(value, Mapping):
        return {str(name): json_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((json_value(each) for each in value), key=str)
    # A decimal is written out, as the database shows it.
    return json_value(f"{value:f}" if isinstance(value, Decimal) else str(value))


def without(record: dict[str, Any], path: str) -> dict[str, Any]:
    """The record without what lies at a dotted path; the record itself if nothing does."""
    name, _, rest = path.partition(".")
    if name not in record:
        return record
    if rest and isinstance(record[name], dict):
        return {**record, name: without(record[name], rest)}
    return {key: value for key, value in record.items() if key != name or rest}
