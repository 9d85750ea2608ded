"""Reads HubSpot's answers, whose results and errors come in any order and sometimes not at all."""

from collections.abc import Iterable
from typing import Any

import httpx

from orchestration.destinations.protocol import BatchRefused, Outcome, Row

OTHER_ADDRESSES = "hs_additional_emails"


def outcomes(answer: dict[str, Any], rows: Iterable[Row]) -> list[Outcome]:
    """Results and errors find their rows by the mark that each carries; other rows have none."""
    positions = {str(row.position): row.position for row in rows}
    found = []
    for result in entries(answer, "results"):
        position = positions.get(str(result.get("objectWriteTraceId")))
        if position is not None:
            found.append(Outcome(position, "sent"))
    for error in entries(answer, "errors"):
        code, message = str(error.get("category", "")), str(error.get("message", ""))
        for mark in _context(error, "objectWriteTraceId"):
            if mark in positions:
                found.append(Outcome(positions[mark], "rejected", code, message))
    return found


def missing(answer: dict[str, Any]) -> set[str]:
    """What was looked for and is certainly not there."""
    errors = entries(answer, "errors")
    gone = (error for error in errors if error.get("category") == "OBJECT_NOT_FOUND")
    return {value for error in gone for value in _context(error, "ids")}


def ids(answer: dict[str, Any], match: str) -> dict[str, str]:
    """Record ids by every value that finds the record, in lower case: a contact has many."""
    found: dict[str, str] = {}
    for result in entries(answer, "results"):
        properties = result.get("properties")
        if isinstance(properties, dict):
            others = str(properties.get(OTHER_ADDRESSES) or "").split(";")
            for value in (str(properties.get(match) or ""), *others):
                found[value.strip().lower()] = str(result.get("id"))
    return found


def refusal(response: httpx.Response) -> BatchRefused:
    """The whole request refused, in HubSpot's words."""
    answer = content(response)
    code = str(answer.get("category", response.status_code))
    return BatchRefused(code, str(answer.get("message", "")))


def content(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty if it is anything else, such as a proxy's page."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def entries(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects in an answer; empty if it is anything else."""
    listed = answer.get(name)
    if not isinstance(listed, list):
        return []
    return [entry for entry in listed if isinstance(entry, dict)]


def _context(error: dict[str, Any], name: str) -> list[str]:
    context = error.get("context")
    listed = context.get(name) if isinstance(context, dict) else None
    return [str(value) for value in listed] if isinstance(listed, list) else []
