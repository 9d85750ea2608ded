"""What is special about Lytics: counts of records, and deletions that are queued by name."""

from pathlib import Path

import httpx
import pytest

from orchestration.activation.run import sync
from orchestration.destinations.protocol import BatchRefused
from orchestration.warehouse import Home
from sandbox.vendors.lytics import Lytics
from tests.activation_world import people, publish, quick, served
from tests.destinations.case import vendor_of
from tests.destinations.cases.lytics import CASES
from tests.destinations.wire import asked, batch, body, destination, row, statuses

[CASE] = CASES
LEAVERS = batch(row(0, "a@example.com", "removed"), row(1, "b@example.com", "removed"))


def collected(rejected: int) -> httpx.Response:
    """What Lytics answers to records of which it rejects so many."""
    counts = {"message_count": 2 - rejected, "rejected_count": rejected}
    return httpx.Response(200, json={"status": 200, "message": "success", "data": counts})


def queued(successes: dict[str, str], errors: dict[str, str]) -> httpx.Response:
    """What Lytics answers to a request for deletions."""
    return httpx.Response(202, json={"data": {"successes": successes, "errors": errors}})


def test_records_go_to_the_stream_as_a_list() -> None:
    rows = batch(row(0, "a@example.com", email="a@example.com"), row(1, "b@example.com"))
    requests, outcomes = asked(destination(CASE), rows, [collected(0)])
    assert requests[0].url.path == "/collect/json/kith_customers"
    assert body(requests[0]) == [{"email": "a@example.com"}, {}]
    assert statuses(outcomes) == {0: "sent", 1: "sent"}


def test_a_rejected_record_without_a_name_is_looked_for() -> None:
    rows = batch(row(0, "a@example.com"), row(1, "b@example.com"))
    with pytest.raises(BatchRefused, match="invalid"):
        asked(destination(CASE), rows, [collected(1)])


def test_a_deletion_says_the_values_in_its_body() -> None:
    answer = queued({"a@example.com": "req-1", "b@example.com": "req-2"}, {})
    requests, outcomes = asked(destination(CASE), LEAVERS, [answer])
    assert (requests[0].method, requests[0].url.path) == (
        "DELETE",
        "/v2/identity/queue/bulk/user/email",
    )
    assert body(requests[0]) == {"values": ["a@example.com", "b@example.com"]}
    assert statuses(outcomes) == {0: "sent", 1: "sent"}


def test_a_202_deletes_only_whom_it_names() -> None:
    answer = queued({}, {"b@example.com": "malformed value"})
    _, outcomes = asked(destination(CASE), LEAVERS, [answer])
    assert statuses(outcomes) == {1: "rejected"}
    assert outcomes[0].message == "malformed value"


def test_a_404_to_a_list_of_deletions_deletes_nobody() -> None:
    with pytest.raises(BatchRefused, match="404"):
        asked(destination(CASE), LEAVERS, [httpx.Response(404, text="no such page")])


def test_no_request_has_more_than_500_records(tmp_path: Path) -> None:
    secrets = CASE.secrets()
    vendor: Lytics = vendor_of(CASE, secrets)
    with served(vendor) as address:
        publish(Home(tmp_path), people(1200))
        declared = CASE.declared(limits=quick())
        receipt = sync(declared, Home(tmp_path), CASE.environment(address, secrets))
    assert (receipt.sent, receipt.requests) == (1200, 3)
    assert vendor.streams == {"kith_customers": 1200}
