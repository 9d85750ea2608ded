"""What is special about Bloomreach: 50 commands, a result each, and no order among them."""

from pathlib import Path

import httpx

from orchestration.activation.run import sync
from orchestration.warehouse import Home
from tests.activation_world import people, publish, quick, served
from tests.destinations.case import vendor_of
from tests.destinations.cases.bloomreach import CASES
from tests.destinations.wire import asked, batch, body, destination, row, statuses

[CASE] = CASES


def test_a_command_says_who_what_and_as_of_when() -> None:
    answer = httpx.Response(200, json={"success": True, "results": [{"success": True}]})
    rows = batch(row(0, "a@example.com", email="a@example.com", first_name="Ada", revenue=100))
    requests, outcomes = asked(destination(CASE), rows, [answer])
    assert requests[0].url.path.endswith("/batch")
    assert body(requests[0]) == {
        "commands": [
            {
                "name": "customers",
                "command_id": "key-0",
                "data": {
                    "customer_ids": {"registered": "a@example.com"},
                    "properties": {"email": "a@example.com", "first_name": "Ada", "revenue": 100},
                    "update_timestamp": 1_700_000_000.5,
                },
            }
        ]
    }
    assert statuses(outcomes) == {0: "sent"}


def test_who_leaves_keeps_the_id_and_nothing_else() -> None:
    answer = httpx.Response(200, json={"success": True, "results": [{"success": True}]})
    rows = batch(row(0, "a@example.com", "removed"))
    requests, _ = asked(destination(CASE), rows, [answer])
    assert body(requests[0])["commands"][0]["data"]["properties"] == {
        "email": "a@example.com",
        "first_name": None,
        "revenue": None,
    }


def test_each_command_has_its_own_result_and_one_without_is_in_doubt() -> None:
    results = [{"success": True}, {"success": False, "errors": ["Wrong"]}]
    answer = httpx.Response(200, json={"success": True, "results": results})
    rows = batch(row(0, "a"), row(1, "b"), row(2, "c"))
    _, outcomes = asked(destination(CASE), rows, [answer])
    assert statuses(outcomes) == {0: "sent", 1: "rejected"}
    assert (outcomes[1].code, outcomes[1].message) == ("rejected", "Wrong")


def test_no_request_has_more_than_50_commands(tmp_path: Path) -> None:
    secrets = CASE.secrets()
    with served(vendor_of(CASE, secrets)) as vendor:
        publish(Home(tmp_path), people(120))
        declared = CASE.declared(limits=quick())
        receipt = sync(declared, Home(tmp_path), CASE.environment(vendor, secrets))
        assert (receipt.sent, receipt.rejected, vendor.requests) == (120, 0, 3)
