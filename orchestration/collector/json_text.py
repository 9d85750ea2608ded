"""JSON in and out, fast, and without losing a digit of a whole number."""

import json
from typing import Any

import orjson

# All digits become one, so that a long number is found as a run of it.
_DIGITS = bytes.maketrans(b"0123456789", b"0" * 10)
# A whole number with fewer digits fits into 64 bits, which is what the fast parser keeps exact.
_LONG = (b"0" * 20, b"-" + b"0" * 19)


def parsed(text: bytes) -> object:
    """The value of a JSON text in UTF-8; raises ValueError if it is none, or nested too deeply."""
    value: object = orjson.loads(text)
    digits = text.translate(_DIGITS)
    if _LONG[0] in digits or _LONG[1] in digits:
        try:
            # What the fast parser took is valid; this one, which is laxer, only reads it again.
            return json.loads(text)
        except RecursionError:
            raise ValueError("nested too deeply") from None
    return value


def encoded_each(values: list[Any]) -> list[bytes]:
    """Each value as JSON in UTF-8 on one line; raises ValueError if one is nested too deeply."""
    try:
        return [*map(orjson.dumps, values)]
    except orjson.JSONEncodeError:
        return [encoded(value) for value in values]


def encoded(value: object, *, is_sorted: bool = False) -> bytes:
    """JSON in UTF-8 on one line; raises ValueError if the value is nested too deeply."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if is_sorted else None)
    except orjson.JSONEncodeError as failure:
        if "64-bit" not in str(failure):
            raise ValueError("nested too deeply") from None
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=is_sorted)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return text.encode()
