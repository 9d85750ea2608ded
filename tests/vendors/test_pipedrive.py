"""What Pipedrive's emulator takes, refuses and counts."""

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest

from sandbox.vendors.limits import Limits
from sandbox.vendors.pipedrive import CITY, PATH, REVENUE, USER_ID, Pipedrive
from tests.activation_world import served
from tests.vendors.conftest import write_rows

TOKEN = token_hex(8)
MOMENT = "2026-01-02T03:04:05Z"


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """A client of an empty company that has 100 tokens left today."""
    vendor = Pipedrive({"PIPEDRIVE_TOKEN": TOKEN}, Limits(pipedrive_day_tokens=100))
    with (
        served(vendor) as address,
        httpx.Client(base_url=address.url, headers={"x-api-token": TOKEN}) as opened,
    ):
        yield opened


def found(client: httpx.Client, address: str) -> list[dict[str, Any]]:
    query = {"term": address, "fields": "email", "exact_match": "true"}
    items: list[dict[str, Any]] = client.get(f"{PATH}/search", params=query).json()["data"]["items"]
    return items


def test_a_person_is_made_found_changed_and_deleted(client: httpx.Client) -> None:
    emails = [{"value": "Ada@example.com", "primary": True, "label": "work"}]
    made = client.post(PATH, json={"name": "Ada", "emails": emails, "custom_fields": {CITY: "B"}})
    key = made.json()["data"]["id"]
    assert made.status_code == 201
    assert [entry["item"]["emails"] for entry in found(client, "ada@EXAMPLE.com")] == [
        ["Ada@example.com"]
    ]
    changed = client.patch(f"{PATH}/{key}", json={"custom_fields": {REVENUE: 5}}).json()["data"]
    assert changed["custom_fields"] == {CITY: "B", REVENUE: 5, USER_ID: None}
    assert client.delete(f"{PATH}/{key}").json() == {"success": True, "data": {"id": key}}
    assert found(client, "ada@example.com") == []
    again = client.delete(f"{PATH}/{key}")
    assert (again.status_code, again.json()["success"]) == (404, False)


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "Ada", "email": "ada@example.com"},
        {"name": "Ada", "emails": ["ada@example.com"]},
        {"name": "Ada", "marketing_status": "maybe"},
        {"name": "Ada", "custom_fields": {"f" * 40: 1}},
        {"name": "Ada", "custom_fields": {REVENUE: "5"}},
        {"name": "Ada", "custom_fields": {CITY: "x" * 256}},
    ],
)
def test_what_does_not_fit_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    reply = client.post(PATH, json=body)
    assert reply.status_code == 400
    assert reply.json()["code"] == "ERR_SCHEMA_VALIDATION_FAILED"
    assert reply.json()["success"] is False


def test_nobody_comes_in_without_the_token(client: httpx.Client) -> None:
    reply = client.get(f"{PATH}/search", headers={"x-api-token": "other"})
    assert (reply.status_code, reply.json()["success"]) == (401, False)


def test_searches_and_writes_are_paid_from_the_budget_of_the_day(client: httpx.Client) -> None:
    for _ in range(4):
        found(client, "ada@example.com")
    statuses = [client.post(PATH, json={"name": "Ada"}).status_code for _ in range(5)]
    assert statuses == [201, 201, 201, 201, 429]
    reply = client.delete(f"{PATH}/1")
    assert reply.headers["x-daily-ratelimit-token-remaining"] == "0"


def test_a_company_begins_with_its_world_and_lists_whom_nobody_deleted(tmp_path: Path) -> None:
    write_rows(
        tmp_path / "persons.parquet",
        [
            {
                "record_id": str(key),
                "updated_at": "2026-01-02T03:04:05.000Z",
                "is_deleted": key == 2,
                "record": json.dumps({"id": key, "name": f"P{key}", "update_time": MOMENT}),
            }
            for key in (1, 2, 3)
        ],
    )
    vendor = Pipedrive({"PIPEDRIVE_TOKEN": TOKEN}, Limits(), tmp_path)
    [new] = vendor.edit("persons", [{"name": "New"}])
    headers = {"x-api-token": TOKEN}
    with served(vendor) as address, httpx.Client(base_url=address.url, headers=headers) as client:
        question = {"sort_by": "update_time", "updated_since": MOMENT}
        listed = client.get(PATH, params=question).json()["data"]
    assert [person["id"] for person in listed] == [1, 3, int(new)]
    assert new == "4"


@pytest.mark.parametrize(
    "question",
    [
        {"limit": 501},
        {"sort_by": "name"},
        {"cursor": "x"},
        {"updated_since": "yesterday"},
    ],
)
def test_a_list_refuses_what_it_cannot_do(
    client: httpx.Client, question: dict[str, str | int]
) -> None:
    assert client.get(PATH, params=question).status_code == 400


def test_lists_cost_less_than_searches_and_api_v1_costs_double(client: httpx.Client) -> None:
    statuses = [client.get(PATH).status_code for _ in range(6)]
    statuses += [client.get("/v1/leads").status_code for _ in range(3)]
    assert statuses == [200] * 8 + [429]
