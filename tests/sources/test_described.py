"""What the reader of YAML kinds does with a vendor that pages, expires, repeats and forgets."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestration.sources.declaration import FromDescription
from orchestration.sources.described import moment, rows
from orchestration.sources.vendor import VendorError
from sandbox.vendors.emulator import Emulator
from sandbox.vendors.limits import RollingLimit
from tests.activation_world import served
from tests.sources.conftest import Describe

PLAIN: dict[str, Any] = {
    "title": "A vendor",
    "documents": ["https://vendor.example.com/docs"],
    "address": {"variable": "VENDOR_URL"},
    "auth": {
        "kind": "oauth",
        "path": "/token",
        "form": {"grant_type": "client_credentials", "client_secret": "$VENDOR_SECRET"},
    },
    "pages": {"type": "cursor", "cursor_path": "next", "cursor_param": "cursor"},
    "objects": {
        "things": {
            "id": ["id"],
            "updated_at": "at",
            "is_deleted": {"status": ["gone"]},
            "leave_out": ["at", "meta.seen"],
            "reads": [
                {
                    "path": "/things",
                    "records": "data.things",
                    "since": {"parameters": {"from": "$since"}, "format": "seconds"},
                    "empty": [204],
                }
            ],
        },
        "days": {
            "id": ["id", "on"],
            "window": {"days": 7, "first_days": 90, "day": "on"},
            "reads": [
                {"path": "/days/$account", "records": "", "parameters": {"range": "$from:$to"}}
            ],
        },
    },
}


class Vendor(Emulator):
    """Two things a page, by a cursor; a token is good for `good_for` requests."""

    open_paths = ("/token",)

    def __init__(self) -> None:
        routes = [
            Route("/token", self._sell, methods=["POST"]),
            Route("/things", self._things),
            Route("/days/{account}", self._days),
        ]
        super().__init__(routes, RollingLimit(10**6, 1))
        self.things: list[dict[str, Any]] = []
        self.days: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.good_for = 100
        self.sold = self.used = 0
        self.next = "honest"

    def is_authorized(self, request: Request) -> bool:
        self.used += 1
        fits = request.headers.get("authorization") == f"Bearer token-{self.sold}"
        return fits and self.used <= self.good_for

    def error(self, status: int) -> object:
        return {"status": status}

    def dump(self) -> dict[str, Any]:
        return {}

    async def _sell(self, request: Request) -> Response:
        assert b"client_secret=open+sesame" in await request.body()
        self.sold, self.used = self.sold + 1, 0
        return JSONResponse({"access_token": f"token-{self.sold}"})

    async def _things(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        since = float(request.query_params.get("from", 0))
        found = [each for each in self.things if each["at"] >= since]
        start = int(request.query_params.get("cursor", 0))
        if not found:
            return Response(status_code=204)
        follows = {
            "honest": start + 2 if start + 2 < len(found) else None,
            "stuck": 1,
        }[self.next]
        return JSONResponse({"data": {"things": found[start : start + 2]}, "next": follows})

    async def _days(self, request: Request) -> Response:
        self.asked.append({**request.query_params, **request.path_params})
        return JSONResponse(self.days)


@pytest.fixture
def vendor(describe: Describe, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    describe(PLAIN)
    made = Vendor()
    with served(made) as at:
        monkeypatch.setenv("VENDOR_URL", at.url)
        monkeypatch.setenv("VENDOR_SECRET", "open sesame")
        yield made


def read(state: dict[str, Any], name: str = "things") -> list[dict[str, Any]]:
    options: dict[str, str | int] = {"account": "a7"} if name == "days" else {}
    wanted = FromDescription(kind="acme", object=name, options=options)
    return list(rows(wanted, state))


def thing(number: int, at: int = 1_700_000_000, **more: object) -> dict[str, Any]:
    return {"id": number, "at": at + number, "meta": {"seen": at, "kept": 1}, **more}


def test_pages_follow_a_cursor_and_a_record_comes_without_what_is_left_out(vendor: Vendor) -> None:
    vendor.things = [thing(n) for n in range(5)]
    found = read({})
    assert [each["record_id"] for each in found] == ["0", "1", "2", "3", "4"]
    assert json.loads(found[0]["record"]) == {"id": 0, "meta": {"kept": 1}}
    assert found[0]["updated_at"] == "2023-11-14T22:13:20.000Z"


def test_a_second_reading_asks_from_the_last_change_less_the_overlap(vendor: Vendor) -> None:
    state: dict[str, Any] = {}
    vendor.things = [thing(1)]
    read(state)
    vendor.things.append(thing(2, status="gone"))
    found = read(state)
    assert vendor.asked[0] == {}
    assert vendor.asked[-1] == {"from": str(1_700_000_001 - 300)}
    assert [each["is_deleted"] for each in found] == [False, True]


def test_a_position_never_goes_back(vendor: Vendor) -> None:
    state: dict[str, Any] = {}
    vendor.things = [thing(1), thing(200)]
    read(state)
    vendor.things = [thing(1)]
    read(state)
    read(state)
    assert vendor.asked[-1] == {"from": str(1_700_000_200 - 300)}


def test_a_token_that_expires_between_pages_is_bought_again(vendor: Vendor) -> None:
    vendor.things = [thing(n) for n in range(9)]
    vendor.good_for = 2
    assert len(read({})) == 9
    assert vendor.sold == 3


def test_a_page_that_names_itself_as_the_next_is_no_endless_reading(vendor: Vendor) -> None:
    vendor.things = [thing(n) for n in range(5)]
    vendor.next = "stuck"
    state: dict[str, Any] = {}
    with pytest.raises(VendorError, match="same page"):
        read(state)
    assert state == {}


def test_a_status_that_means_nothing_is_no_error_and_keeps_the_position(vendor: Vendor) -> None:
    state: dict[str, Any] = {}
    vendor.things = [thing(1)]
    read(state)
    before = dict(state)
    vendor.things = []
    assert read(state) == []
    assert state == before


def test_a_record_without_an_id_or_a_time_is_handed_on(vendor: Vendor) -> None:
    vendor.things = [{"at": 1_700_000_000}, {"id": 1, "at": 1_700_000_000, "status": {"new": 1}}]
    assert [each["record_id"] for each in read({})] == ["", "1"]


def test_days_are_read_anew_and_what_is_no_longer_told_is_deleted(vendor: Vendor) -> None:
    state: dict[str, Any] = {}
    today = moment(None)[:10]
    vendor.days = [{"id": 1, "on": today, "spent": 5}, {"id": 2, "on": today, "spent": 6}]
    assert len(read(state, "days")) == 2
    first = vendor.asked[-1]
    assert first["account"] == "a7"
    assert first["range"].endswith(f":{today}")
    vendor.days = [{"id": 1, "on": today, "spent": 7}]
    again, gone = read(state, "days")
    assert vendor.asked[-1]["range"] > first["range"]
    assert (again["record_id"], again["is_deleted"]) == (f"1|{today}", False)
    assert (gone["record_id"], gone["is_deleted"]) == (f"2|{today}", True)
    assert [each["is_deleted"] for each in read(state, "days")] == [False]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000Z"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05.000Z"),
        (1_700_000_000, "2023-11-14T22:13:20.000Z"),
        (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
    ],
)
def test_a_time_is_written_in_one_way(told: object, text: str) -> None:
    assert moment(told) == text


def test_a_served_vendor_is_not_asked_before_it_is_read(vendor: Vendor) -> None:
    FromDescription(kind="acme", object="things")
    assert vendor.sold == 0
