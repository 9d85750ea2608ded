"""What is sent, and what the sandbox answers, is what the vendors' own models say."""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import httpx
import pytest
from google.ads import datamanager_v1 as google
from hubspot.crm import contacts
from hubspot.crm.objects import tasks
from hubspot.crm.properties import PropertyCreate
from klaviyo_api.wrapper import KlaviyoAPI
from openapi_client.models import ProfileUpsertQuery
from segment.analytics.client import Client

from orchestration.destinations import FOLDER
from orchestration.destinations.description import description
from orchestration.destinations.hubspot.properties import definition
from orchestration.destinations.klaviyo import REVISION
from tests.destinations.cases.segment import PEOPLE
from tests.destinations.contracts import (
    ADD,
    CONTRACTS,
    GOOGLE,
    HUBSPOT,
    IMPORT,
    KLAVIYO,
    SEGMENT,
    UNFIT,
    WRITE,
    Contract,
    Model,
    Operation,
)
from tests.destinations.recorded import Exchange, recorded
from tests.destinations.wire import asked, batch, body, destination, row

EVERY_CONTRACT = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda known: known.name)
# Where Google sells tokens, which is no operation of the API.
SIGN_IN = "/token"
# What the vendor refuses may well be wrong.
REFUSED = 400


@cache
def lives(number: int) -> list[Exchange]:
    """All that was asked of a vendor, and answered."""
    exchanges = [each for case in CONTRACTS[number].cases for each in recorded(case)]
    return [each for each in exchanges if each.path != SIGN_IN and each.status < REFUSED]


def asked_of(contract: Contract) -> Iterator[tuple[Operation, Exchange]]:
    """Every exchange with the operation that it is."""
    for exchange in lives(CONTRACTS.index(contract)):
        yield contract.operation(exchange), exchange


@EVERY_CONTRACT
def test_every_body_that_is_sent_fits_the_vendors_own_model(contract: Contract) -> None:
    for operation, exchange in asked_of(contract):
        if operation.body is None:
            assert exchange.asked == b""
        else:
            contract.fits(operation.body, json.loads(exchange.asked))


@EVERY_CONTRACT
def test_every_answer_of_the_sandbox_fits_the_vendors_own_model(contract: Contract) -> None:
    for operation, exchange in asked_of(contract):
        if not operation.answers:
            continue
        model = operation.answers[exchange.status]
        if model is None:
            assert exchange.answered == b""
        else:
            contract.answer_fits(model, json.loads(exchange.answered))


@EVERY_CONTRACT
def test_no_operation_of_a_contract_goes_untried(contract: Contract) -> None:
    tried = {(operation.method, operation.path) for operation, _ in asked_of(contract)}
    assert tried == {(known.method, known.path) for known in contract.operations}


@EVERY_CONTRACT
def test_a_field_that_the_vendor_does_not_know_is_seen(contract: Contract) -> None:
    for operation, exchange in asked_of(contract):
        if operation.body is not None:
            for spoiled in with_a_stranger(json.loads(exchange.asked)):
                with pytest.raises(UNFIT):
                    contract.fits(operation.body, spoiled)


def with_a_stranger(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The body with a field more, at its top and in each part."""
    yield {**told, "kithField": "x"}
    for name, part in told.items():
        spoiled = deepcopy(told)
        first = spoiled[name][0] if isinstance(part, list) and part else spoiled[name]
        if isinstance(first, dict):
            first["kithField"] = "x"
            yield spoiled


EMPTY = {"properties": {"email": "a@example.com"}}
PROPERTY = definition("kith_revenue", "BIGINT")
IDENTIFY = {"type": "identify", "userId": "c0", "traits": {}}
MEMBER = {"userData": {"userIdentifiers": [{"emailAddress": "0" * 64}]}}


def profiles(**attributes: object) -> dict[str, Any]:
    """A job that imports one profile."""
    one = {"type": "profile", "attributes": attributes}
    job = {"profiles": {"data": [one]}}
    return {"data": {"type": "profile-bulk-import-job", "attributes": job}}


WRONG: list[tuple[Contract, Model, dict[str, Any], dict[str, Any]]] = [
    (HUBSPOT, WRITE, {"inputs": [{**EMPTY, "id": "a"}]}, {"inputs": [EMPTY]}),
    (HUBSPOT, WRITE, {"inputs": [{**EMPTY, "id": "7"}]}, {"inputs": [{**EMPTY, "id": 7}]}),
    (HUBSPOT, PropertyCreate, PROPERTY, {**PROPERTY, "type": "bigint"}),
    (HUBSPOT, PropertyCreate, PROPERTY, {**PROPERTY, "groupName": None}),
    (KLAVIYO, IMPORT, profiles(first_name="Ada"), profiles(first_name=7)),
    (KLAVIYO, IMPORT, profiles(), {"data": {**profiles()["data"], "type": "profile"}}),
    (GOOGLE, ADD, {"encoding": "HEX"}, {"encoding": "BASE16"}),
    (GOOGLE, ADD, {"audienceMembers": [MEMBER]}, {"audienceMembers": [MEMBER["userData"]]}),
    (SEGMENT, Client, {"batch": [IDENTIFY]}, {"batch": [{**IDENTIFY, "userId": ""}]}),
    (
        SEGMENT,
        Client,
        {"batch": [IDENTIFY]},
        {"batch": [{**IDENTIFY, "traits": {"name": PEOPLE.bad.first_name}}]},
    ),
]


@pytest.mark.parametrize(("contract", "model", "right", "wrong"), WRONG)
def test_a_body_that_is_wrong_does_not_fit(
    contract: Contract, model: Model, right: dict[str, Any], wrong: dict[str, Any]
) -> None:
    contract.fits(model, right)
    with pytest.raises(UNFIT):
        contract.fits(model, wrong)


@pytest.mark.parametrize(
    "kind", ["BOOLEAN", "DATE", "TIMESTAMP", "BIGINT", "DECIMAL(18,2)", "VARCHAR"]
)
@pytest.mark.parametrize("is_unique", [True, False])
def test_a_column_of_any_type_becomes_a_property_of_hubspots(kind: str, is_unique: bool) -> None:
    HUBSPOT.fits(PropertyCreate, definition("kith_field", kind, is_unique=is_unique))


@pytest.mark.parametrize(
    ("mode", "model"),
    [
        ("insert", contacts.BatchInputSimplePublicObjectBatchInputForCreate),
        ("update", contacts.BatchInputSimplePublicObjectBatchInput),
    ],
)
def test_hubspot_is_sent_what_it_knows_in_other_modes_too(mode: str, model: Model) -> None:
    contact = destination(HUBSPOT.cases[0], mode=mode, on_leave=None)
    requests, _ = asked(contact, batch(row(0, "a@example.com", firstname="Ada")), [])
    HUBSPOT.fits(model, body(requests[0]))


def test_a_task_is_what_hubspot_knows_as_one() -> None:
    fields = {"email": "email", "hs_task_subject": "first_name"}
    changes = {"mode": "append", "on_leave": None, "object": "tasks", "map": fields}
    known = {"results": [{"id": "7", "properties": {"email": "a@example.com"}}]}
    entering = batch(row(0, "a@example.com", email="a@example.com", hs_task_subject="Ada"))
    looked_up = httpx.Response(200, json=known)
    requests, _ = asked(destination(HUBSPOT.cases[0], **changes), entering, [looked_up])
    HUBSPOT.fits(tasks.BatchReadInputSimplePublicObjectId, body(requests[0]))
    HUBSPOT.fits(tasks.BatchInputSimplePublicObjectBatchInputForCreate, body(requests[1]))


@pytest.mark.parametrize(
    "changes",
    [
        {"object": "group"},
        {"mode": "append", "on_leave": None, "options": {"event": "Became Big Spender"}},
    ],
)
def test_segment_is_sent_the_calls_of_its_client_about_groups_and_events(
    changes: dict[str, Any],
) -> None:
    told = destination(PEOPLE, **changes)
    requests, _ = asked(told, batch(row(0, "acme", name="ACME")), [])
    SEGMENT.fits(Client, body(requests[0]))


def test_klaviyo_is_sent_places_and_emptied_fields_as_it_knows_them() -> None:
    nested = {"email": "email", "location.city": "city", "properties.kith_city": "city"}
    profile = destination(KLAVIYO.cases[0], map=nested)
    for city, model in ((None, ProfileUpsertQuery), ("Berlin", IMPORT)):
        fields = {"location": {"city": city}, "properties": {"kith_city": city}}
        changed = row(0, "a@example.com", "changed", email="a@example.com", **fields)
        requests, _ = asked(profile, batch(changed), [])
        KLAVIYO.fits(model, body(requests[0]))


def test_the_revision_that_klaviyo_is_asked_for_is_that_of_the_models() -> None:
    assert KlaviyoAPI._REVISION == REVISION


def test_every_status_of_a_job_at_google_means_something() -> None:
    known = {status.name for status in google.RequestStatusPerDestination.RequestStatus}
    poll = description(FOLDER / "google_ads.yml").poll
    assert poll is not None
    # Whatever is not named in the description has failed.
    assert known == {*poll.running, *poll.taken, *poll.unclear, "FAILED"}
