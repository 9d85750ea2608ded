"""What is special about BlueConic: half-processed requests, ids that change, values as texts."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx

from orchestration.destinations.protocol import Row
from orchestration.warehouse import Home
from sandbox.vendors.blueconic import BlueConic
from tests.activation_world import UNLIMITED, people, served
from tests.destinations.cases.blueconic import DELETED, held
from tests.destinations.test_every_destination import At
from tests.destinations.wire import asked, batch, body, destination, row, statuses

LEAVERS = batch(row(0, "a@example.com", "removed"), row(1, "b@example.com", "removed"))


def test_a_profile_is_matched_and_its_values_are_set_as_texts() -> None:
    answer = httpx.Response(200, json=[{"profileId": "p1", "state": "CREATED"}])
    rows = batch(row(0, "a@example.com", email="a@example.com", kith_revenue=100, firstname=None))
    requests, outcomes = asked(destination(DELETED), rows, [answer])
    assert (requests[0].method, requests[0].url.path) == ("PUT", "/rest/v2/profiles")
    assert body(requests[0]) == [
        {
            "identifier": "key-0",
            "matching": [[{"id": "email", "value": "a@example.com"}]],
            "properties": [
                {"id": "email", "values": ["a@example.com"], "strategy": "SET"},
                {"id": "kith_revenue", "values": ["100"], "strategy": "SET"},
                {"id": "firstname", "values": [], "strategy": "SET"},
            ],
            "strategy": "UPSERT",
        }
    ]
    assert statuses(outcomes) == {0: "sent"}


def test_numbers_and_lists_keep_every_digit_and_member() -> None:
    fields = '{"score": 1.10, "is_vip": true, "cities": ["Berlin", "Bonn"]}'
    rows = batch(Row(0, "added", "c0", "a@example.com", fields))
    requests, _ = asked(destination(DELETED), rows, [httpx.Response(200, json=[])])
    values = {rule["id"]: rule["values"] for rule in body(requests[0])[0]["properties"]}
    assert values == {"score": ["1.10"], "is_vip": ["true"], "cities": ["Berlin", "Bonn"]}


def test_what_blueconic_skips_is_rejected_by_its_state() -> None:
    results = [{"state": "CONSENT_MISMATCH"}, {"state": "UNCHANGED", "profileId": "p2"}]
    rows = batch(row(0, "a@example.com"), row(1, "b@example.com"))
    _, outcomes = asked(destination(DELETED), rows, [httpx.Response(200, json=results)])
    assert statuses(outcomes) == {0: "rejected", 1: "sent"}
    assert outcomes[0].code == "CONSENT_MISMATCH"


def test_a_413_that_processed_the_beginning_is_followed_by_the_rest() -> None:
    rows = batch(row(0, "a@example.com"), row(1, "b@example.com"))
    answers = [
        httpx.Response(413, json=[{"state": "CREATED", "profileId": "p1"}]),
        httpx.Response(200, json=[{"state": "MODIFIED", "profileId": "p2"}]),
    ]
    requests, outcomes = asked(destination(DELETED), rows, answers)
    assert [len(body(request)) for request in requests] == [2, 1]
    assert statuses(outcomes) == {0: "sent", 1: "sent"}


def test_who_leaves_is_cleared_first_and_deleted_by_the_id_that_this_tells() -> None:
    answers = [
        httpx.Response(200, json=[{"state": "MODIFIED", "profileId": "p9"}, {"state": "NOTFOUND"}]),
        httpx.Response(200, json=[{"state": "DELETED", "profileId": "p9"}]),
    ]
    requests, outcomes = asked(destination(DELETED), LEAVERS, answers)
    cleared, deleted = map(body, requests)
    assert {entry["strategy"] for entry in cleared} == {"UPDATE"}
    assert {"id": "firstname", "values": [], "strategy": "SET"} in cleared[0]["properties"]
    assert deleted == [{"identifier": "key-0", "profileId": "p9", "strategy": "DELETE"}]
    assert statuses(outcomes) == {0: "sent", 1: "sent"}


def test_all_arrive_at_a_tenant_that_takes_less_than_it_says(tmp_path: Path) -> None:
    secrets = DELETED.secrets()
    tenant = BlueConic(secrets, UNLIMITED, largest_batch=3)
    with served(tenant) as vendor:
        at = At(DELETED, Home(tmp_path), vendor, secrets)
        assert at.run(people(12)).rejected == 0
        assert held(tenant.dump()) == DELETED.expected(people(12))


def test_a_profile_that_got_another_id_by_a_merge_is_deleted(tmp_path: Path) -> None:
    secrets = DELETED.secrets()
    tenant = BlueConic(secrets, UNLIMITED)
    with served(tenant) as vendor:
        at = At(DELETED, Home(tmp_path), vendor, secrets)
        at.run(people(4))
        tenant.profiles = {str(uuid4()): profile for profile in tenant.profiles.values()}
        at.run([*people(3), replace(people(4)[3], is_granted=False)])
    assert len(tenant.profiles) == 3
