"""Reads Klaviyo's answers, which are JSON:API."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from orchestration.destinations.protocol import BatchRefused, Outcome, Row


def told(
    errors: Sequence[dict[str, Any]], failed: int, rows: Sequence[Row], match: str
) -> list[Outcome]:
    """What became of the rows of a job that is done.

    An error names its row by the profile that it repeats. If not all of those that failed are
    named so, the other rows are in doubt.
    """
    refused = {_named_by(error, match): error for error in errors}
    outcomes = []
    for row in rows:
        error = refused.get(row.match.lower())
        if error is not None:
            about = named(error, "attributes")
            code, message = str(about.get("code") or "invalid"), str(about.get("detail") or "")
            outcomes.append(Outcome(row.position, "rejected", code, message))
    if len(outcomes) < failed:
        return outcomes
    settled = {outcome.position for outcome in outcomes}
    return outcomes + [Outcome(r.position, "sent") for r in rows if r.position not in settled]


def refusal(response: httpx.Response) -> BatchRefused:
    """A request refused, in Klaviyo's words."""
    listed = content(response).get("errors")
    first = listed[0] if isinstance(listed, list) and listed else {}
    error = first if isinstance(first, dict) else {}
    code = str(error.get("code") or response.status_code)
    return BatchRefused(code, str(error.get("detail") or ""))


def content(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty if it is anything else, such as a proxy's page."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def entries(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The resources in an answer."""
    listed = answer.get("data")
    return (
        [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    )


def named(answer: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The object at these names, one in the other; empty if there is none."""
    found: Any = answer
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _named_by(error: Mapping[str, Any], match: str) -> str:
    repeated = named(error, "attributes", "original_payload")
    attributes = named(repeated, "attributes") or repeated
    return str(attributes.get(match) or "").lower()
