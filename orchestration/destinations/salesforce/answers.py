"""Reads Salesforce's answers: aligned results of collections, lists of a job as CSV."""

import csv
import io
import json
from collections.abc import Collection, Sequence
from typing import Any

import httpx

from orchestration.activation.scrub import scrubbed
from orchestration.destinations.protocol import BatchRefused, Outcome, Row

# Somebody else is writing the record at this moment.
TRY_AGAIN = {"UNABLE_TO_LOCK_ROW"}
GONE = {"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"}


def outcomes(
    content: object, rows: Sequence[Row], also_taken: Collection[str] = ()
) -> list[Outcome]:
    """One for each result, which come in the order of the rows; none if they do not align."""
    results = content if isinstance(content, list) else []
    if len(results) != len(rows):
        return []
    return [
        _outcome(row, result, also_taken)
        for row, result in zip(rows, results, strict=True)
        if isinstance(result, dict)
    ]


def _outcome(row: Row, result: dict[str, Any], also_taken: Collection[str]) -> Outcome:
    if result.get("success") is True:
        return Outcome(row.position, "sent", remote_id=str(result.get("id") or ""))
    first = _first(result.get("errors"))
    code = str(first.get("statusCode", "rejected"))
    if code in also_taken:
        return Outcome(row.position, "sent")
    return refused(row, code, str(first.get("message", "")))


def refused(row: Row, code: str, message: str) -> Outcome:
    """A row that was not taken: rejected, or to be tried again by the next run."""
    if code in TRY_AGAIN:
        return Outcome(row.position, "unsent")
    return Outcome(row.position, "rejected", code, message)


def listed(response: httpx.Response, match: str) -> dict[str, dict[str, str]] | None:
    """The records of one list of a job by external id; None if the answer is no such list."""
    if not response.is_success or "csv" not in response.headers.get("Content-Type", ""):
        return None
    reader = csv.DictReader(io.StringIO(response.content.decode(errors="replace"), newline=""))
    return {record.get(match) or "": record for record in reader}


def failure(row: Row, record: dict[str, str]) -> Outcome:
    """A record of the failed ones; `sf__Error` is `CODE:words:fields--`.

    The words can repeat what the record holds, which only the list knows by now.
    """
    code, _, words = (record.pop("sf__Error", "") or "rejected").partition(":")
    held = {name: value for name, value in record.items() if isinstance(value, str)}
    return refused(row, code, scrubbed(words.removesuffix("--").rstrip(" :"), json.dumps(held)))


def refusal(response: httpx.Response) -> BatchRefused:
    """A request refused as a whole: a list of {errorCode, message}."""
    first = _first(body(response))
    code = str(first.get("errorCode", response.status_code))
    return BatchRefused(code, str(first.get("message", "")))


def body(response: httpx.Response) -> object:
    """The answer as JSON, or None if it is none, such as a proxy's page."""
    try:
        content: object = response.json()
    except ValueError:
        return None
    return content


def member(response: httpx.Response, name: str) -> object:
    """One member of an answer that is an object; None if there is none."""
    content = body(response)
    return content.get(name) if response.is_success and isinstance(content, dict) else None


def _first(errors: object) -> dict[str, Any]:
    first = errors[0] if isinstance(errors, list) and errors else None
    return first if isinstance(first, dict) else {}
