"""How Zoho lists the records of a module and those that were deleted from it.

https://www.zoho.com/crm/developer/docs/api/v8/get-records.html
https://www.zoho.com/crm/developer/docs/api/v8/get-deleted-records.html
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import md5
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.vendors.zoho.modules import SYSTEM, Record, refused

LARGEST_PAGE = 200
MOST_FIELDS = 50
WITHOUT_TOKEN = 2_000
WITH_TOKEN = 100_000
SORTS = ("id", "Created_Time", "Modified_Time")
Place = tuple[Any, str]


def listed(records: Sequence[Record], question: Mapping[str, str]) -> dict[str, Any] | None:
    """A page of records, or None if there are none; raises Refusal for what Zoho refuses."""
    fields = _fields(question)
    size, sort = _size(question), question.get("sort_by", "id")
    if sort not in SORTS:
        raise refused("INVALID_DATA", "invalid sort_by", param_name="sort_by")
    descending = question.get("sort_order", "desc") == "desc"
    found = sorted(records, key=lambda each: _place(each, sort), reverse=descending)
    before, last = _position(question, size)
    if last is None:
        found = found[before:]
    else:
        found = [
            e for e in found if (_place(e, sort) < last if descending else _place(e, sort) > last)
        ]
    page = found[:size]
    if not page:
        return None
    token = _token(question, before + size, _place(page[-1], sort)) if found[size:] else None
    info = {
        **{"per_page": size, "count": len(page), "page": before // size + 1},
        **{"sort_by": sort, "sort_order": "desc" if descending else "asc"},
        **{"more_records": bool(found[size:]), "next_page_token": token},
    }
    return {"data": [_shown(each, fields) for each in page], "info": info}


def deletions(gone: Sequence[Record], question: Mapping[str, str]) -> dict[str, Any] | None:
    """A page of what was deleted, latest first, or None if there is nothing."""
    size, page = _size(question), int(question.get("page", "1"))
    kind = question.get("type", "all")
    found = [each for each in gone if kind in ("all", each["type"])]
    found.sort(key=lambda each: each["deleted_time"], reverse=True)
    shown = found[(page - 1) * size : page * size]
    if not shown:
        return None
    more = page * size < len(found)
    info = {"per_page": size, "count": len(shown), "page": page, "more_records": more}
    return {"data": shown, "info": info}


def reply(
    request: Request,
    records: list[Record],
    time: str,
    page: Callable[[Sequence[Record], Mapping[str, str]], dict[str, Any] | None],
) -> Response:
    """A page of what changed since the header says; 304 if nothing did, 204 if there is nothing."""
    header = request.headers.get("if-modified-since")
    if header:
        moment = _since(header)
        records = [each for each in records if datetime.fromisoformat(each[time]) >= moment]
    shown = page(records, request.query_params)
    if shown is None:
        return Response(status_code=304 if header else 204)
    return JSONResponse(shown)


def _since(told: str) -> datetime:
    """The moment of an `If-Modified-Since`; raises Refusal if it is none."""
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        moment = datetime.min
    if moment.tzinfo is None:
        raise refused("INVALID_DATA", "invalid data", param_name="If-Modified-Since")
    return moment


def _fields(question: Mapping[str, str]) -> list[str]:
    fields = [name for name in question.get("fields", "").split(",") if name]
    if not fields:
        raise refused("REQUIRED_PARAM_MISSING", "required param is missing", param_name="fields")
    if len(fields) > MOST_FIELDS:
        raise refused("LIMIT_EXCEEDED", "too many fields", limit=MOST_FIELDS, param_name="fields")
    return fields


def _size(question: Mapping[str, str]) -> int:
    size = question.get("per_page", str(LARGEST_PAGE))
    if not size.isdigit() or not 1 <= int(size) <= LARGEST_PAGE:
        raise refused("INVALID_DATA", "invalid per_page", param_name="per_page")
    return int(size)


def _position(question: Mapping[str, str], size: int) -> tuple[int, Place | None]:
    """How many records were read before, and the last of them if a token tells it."""
    token = question.get("page_token")
    if token is None:
        before = (int(question.get("page", "1")) - 1) * size
        if before + size > WITHOUT_TOKEN:
            words = "You can only get the first 2000 records without using page_token param"
            raise refused("DISCRETE_PAGINATION_LIMIT_EXCEEDED", words, limit=WITHOUT_TOKEN)
        return before, None
    if "page" in question:
        raise refused("AMBIGUITY_DURING_PROCESSING", "page and page_token")
    try:
        bound, before, place = json.loads(urlsafe_b64decode(token))
    except ValueError:
        raise refused("INVALID_DATA", "invalid page_token", param_name="page_token") from None
    if bound != _bound(question):
        raise refused("TOKEN_BOUND_DATA_MISMATCH", "other params", param_name="page_token")
    if before + size > WITH_TOKEN:
        words = "You can only get upto 100000 records using page_token param"
        raise refused("PAGINATION_LIMIT_EXCEEDED", words, param_name="page_token")
    return before, tuple(place)


def _token(question: Mapping[str, str], before: int, place: Place) -> str:
    return urlsafe_b64encode(json.dumps([_bound(question), before, place]).encode()).decode()


def _bound(question: Mapping[str, str]) -> str:
    """What a token holds for: it is refused with other parameters."""
    asked = sorted((k, v) for k, v in question.items() if k not in ("page", "page_token"))
    return md5(json.dumps(asked).encode(), usedforsecurity=False).hexdigest()


def _place(record: Record, sort: str) -> Place:
    return record[sort], record["id"]


def _shown(record: Record, fields: Sequence[str]) -> Record:
    """The fields asked for; the id is always told, and what the module does not know is not."""
    return {name: record.get(name) for name in ("id", *fields) if name in record or name in SYSTEM}
