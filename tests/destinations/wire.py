"""What a destination puts on the wire, and what it makes of an answer, without a network."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from orchestration.destinations import build
from orchestration.destinations.protocol import Batch, HttpDestination, Operation, Outcome, Row
from orchestration.warehouse import Home
from tests.destinations.case import Case

ADDRESS = "https://vendor.example"


def destination(case: Case, **changes: object) -> HttpDestination:
    """The destination of a case at an address that nothing listens at."""
    environment = {case.emulated.address: ADDRESS, **case.secrets()}
    built = build(case.declared(**changes), Home(Path("nowhere")), environment)
    assert isinstance(built, HttpDestination)
    return built


def row(position: int, match: str, operation: Operation = "added", **fields: object) -> Row:
    """A row known by `match`, with these fields."""
    told = "" if operation == "removed" else json.dumps(fields)
    return Row(position, operation, f"c{position}", match, told, key=f"key-{position}")


def batch(*rows: Row) -> Batch:
    """Rows planned at the second 1,700,000,000."""
    return Batch("run:0", rows, 1_700_000_000.5)


def asked(
    destination: HttpDestination, rows: Batch, answers: Iterable[httpx.Response]
) -> tuple[list[httpx.Request], list[Outcome]]:
    """The requests of a batch that gets these answers, and the outcomes."""
    steps = destination.deliver(rows)
    requests = [next(steps)]
    try:
        for answer in answers:
            requests.append(steps.send(answer))
    except StopIteration as end:
        return requests, end.value
    return requests, []


def body(request: httpx.Request) -> Any:  # noqa: ANN401 - any JSON
    """What a request says."""
    return json.loads(request.content)


def statuses(outcomes: Iterable[Outcome]) -> dict[int, str]:
    """What became of each row, by position."""
    return {outcome.position: outcome.status for outcome in outcomes}
