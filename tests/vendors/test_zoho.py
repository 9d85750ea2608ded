"""What Zoho's emulator tells and refuses when its records are read."""

import json
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import pytest

from sandbox.vendors.zoho import EMULATED, Zoho
from tests.activation_world import UNLIMITED, served
from tests.vendors.conftest import write_rows

SECRETS = {name: token_hex(8) for name in EMULATED.secrets}
MOMENT = "2026-01-02T03:04:05+00:00"
CONTACTS = "/crm/v8/Contacts"


@pytest.fixture
def organisation(tmp_path: Path) -> Zoho:
    """Three contacts of a world, of whom one is deleted."""
    write_rows(
        tmp_path / "Contacts.parquet",
        [
            {
                "record_id": str(key),
                "updated_at": "2026-01-02T03:04:05.000Z",
                "is_deleted": key == 2,
                "record": json.dumps(
                    {"id": str(key), "Last_Name": f"P{key}", "Modified_Time": MOMENT}
                ),
            }
            for key in (1, 2, 3)
        ],
    )
    return Zoho(SECRETS, UNLIMITED, tmp_path)


@pytest.fixture
def client(organisation: Zoho) -> Iterator[httpx.Client]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": SECRETS["ZOHO_REFRESH_TOKEN"],
        "client_id": SECRETS["ZOHO_CLIENT_ID"],
        "client_secret": SECRETS["ZOHO_CLIENT_SECRET"],
    }
    with served(organisation) as address, httpx.Client(base_url=address.url) as opened:
        token = opened.post("/oauth/v2/token", data=form).json()["access_token"]
        opened.headers["Authorization"] = f"Zoho-oauthtoken {token}"
        yield opened


def test_an_organisation_begins_with_its_world(client: httpx.Client) -> None:
    question = {"fields": "Last_Name,Nothing", "sort_by": "id", "sort_order": "asc"}
    reply = client.get(CONTACTS, params=question).json()
    assert reply["data"] == [{"id": "1", "Last_Name": "P1"}, {"id": "3", "Last_Name": "P3"}]
    assert reply["info"]["more_records"] is False
    [gone] = client.get(f"{CONTACTS}/deleted").json()["data"]
    assert (gone["id"], gone["type"]) == ("2", "recycle")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({}, "REQUIRED_PARAM_MISSING"),
        ({"fields": ",".join(f"F{n}" for n in range(51))}, "LIMIT_EXCEEDED"),
        ({"fields": "Email", "per_page": 201}, "INVALID_DATA"),
        ({"fields": "Email", "sort_by": "Email"}, "INVALID_DATA"),
        ({"fields": "Email", "page": 11}, "DISCRETE_PAGINATION_LIMIT_EXCEEDED"),
        ({"fields": "Email", "page": 1, "page_token": "x"}, "AMBIGUITY_DURING_PROCESSING"),
    ],
)
def test_a_question_that_zoho_would_not_answer_is_refused(
    client: httpx.Client, question: dict[str, Any], code: str
) -> None:
    reply = client.get(CONTACTS, params=question)
    assert (reply.status_code, reply.json()["code"]) == (400, code)


def test_a_page_token_holds_for_the_question_that_it_came_with(client: httpx.Client) -> None:
    question = {"fields": "Email", "per_page": "1", "sort_by": "id", "sort_order": "asc"}
    info = client.get(CONTACTS, params=question).json()["info"]
    question["page_token"] = info["next_page_token"]
    assert client.get(CONTACTS, params=question).json()["data"][0]["id"] == "3"
    other = client.get(CONTACTS, params=question | {"fields": "Last_Name"})
    assert other.json()["code"] == "TOKEN_BOUND_DATA_MISMATCH"


def test_nothing_new_is_304_and_nothing_at_all_is_204(client: httpx.Client) -> None:
    later = {"If-Modified-Since": "2027-01-01T00:00:00Z"}
    fields = {"fields": "Email"}
    assert client.get(CONTACTS, params=fields, headers=later).status_code == 304
    assert client.get("/crm/v8/Leads", params=fields).status_code == 204


def test_a_token_that_expired_is_no_token(client: httpx.Client, organisation: Zoho) -> None:
    organisation.expire()
    reply = client.get(CONTACTS, params={"fields": "Email"})
    assert (reply.status_code, reply.json()["code"]) == (401, "INVALID_TOKEN")
