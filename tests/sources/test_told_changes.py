"""Lists that know no changes: read once, and from then on what happened to their records."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestration.sources.declaration import FromDescription
from orchestration.sources.described import rows
from sandbox.vendors.emulator import Emulator
from sandbox.vendors.limits import RollingLimit
from tests.activation_world import served
from tests.sources.conftest import Describe

PLAIN: dict[str, Any] = {
    "title": "A vendor",
    "documents": ["https://vendor.example.com/docs"],
    "address": {"variable": "VENDOR_URL"},
    "auth": {"kind": "headers", "headers": {"x-token": "$VENDOR_SECRET"}},
    "pages": {"type": "single_page"},
    "objects": {
        "things": {
            "id": ["id"],
            "leave_out": ["size.unit"],
            "reads": [{"path": "/things", "records": "list"}],
            "changes": {
                "days": 30,
                "reads": [
                    {
                        "path": "/happened",
                        "records": "list",
                        "record": "about.thing",
                        "updated_at": "at",
                        "is_deleted": {"what": ["gone"]},
                        "parameters": {"what[]": ["changed", "gone"]},
                        "since": {"parameters": {"from": "$since"}, "format": "seconds"},
                    }
                ],
            },
        },
    },
}


class Vendor(Emulator):
    """Things as they are, and what happened to them."""

    def __init__(self) -> None:
        routes = [Route("/things", self._things), Route("/happened", self._happened)]
        super().__init__(routes, RollingLimit(10**6, 1))
        self.things: list[dict[str, Any]] = []
        self.happened: list[dict[str, Any]] = []

    def is_authorized(self, request: Request) -> bool:
        return request.headers.get("x-token") == "open sesame"

    def error(self, status: int) -> object:
        return {"status": status}

    def dump(self) -> dict[str, Any]:
        return {}

    async def _things(self, _request: Request) -> Response:
        return JSONResponse({"list": self.things})

    async def _happened(self, request: Request) -> Response:
        assert request.query_params.getlist("what[]") == ["changed", "gone"]
        return JSONResponse({"list": self.happened})


@pytest.fixture
def vendor(describe: Describe, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    describe(PLAIN)
    made = Vendor()
    with served(made) as at:
        monkeypatch.setenv("VENDOR_URL", at.url)
        monkeypatch.setenv("VENDOR_SECRET", "open sesame")
        yield made


def read(state: dict[str, Any]) -> list[dict[str, Any]]:
    return list(rows(FromDescription(kind="acme", object="things"), state))


def event(number: int, at: int, what: str = "changed", **more: object) -> dict[str, Any]:
    return {"at": at, "what": what, "about": {"thing": {"id": number, **more}}}


def test_a_list_that_knows_no_changes_is_read_once_and_then_what_happened(vendor: Vendor) -> None:
    state: dict[str, Any] = {}
    vendor.things = [{"id": n, "color": "red"} for n in (1, 2, 3)]
    listed = read(state)
    assert [each["record_id"] for each in listed] == ["1", "2", "3"]
    now = int(time.time())
    # In one second, the newest first.
    vendor.happened = [event(1, now, color="blue"), event(1, now, color="green")]
    vendor.happened += [event(2, now - 5, "gone")]
    changed, gone = read(state)
    assert (changed["record_id"], json.loads(changed["record"])["color"]) == ("1", "blue")
    assert (gone["record_id"], gone["is_deleted"]) == ("2", True)
    assert changed["updated_at"] > gone["updated_at"] > listed[0]["updated_at"]


def test_all_is_read_again_if_what_happened_does_not_reach_back(vendor: Vendor) -> None:
    state: dict[str, Any] = {}
    vendor.things = [{"id": 1}]
    read(state)
    state["until"] = "2020-01-01T00:00:00+00:00"
    assert [each["record_id"] for each in read(state)] == ["1"]
    assert state["until"] > "2026"
    assert read(state) == []


def test_an_event_about_nothing_is_handed_on_without_an_id(vendor: Vendor) -> None:
    state: dict[str, Any] = {}
    read(state)
    vendor.happened = [{"at": 1_700_000_000, "about": {"thing": "?"}}]
    assert [each["record_id"] for each in read(state)] == [""]


def test_what_is_left_out_inside_a_field_leaves_another_type_as_it_is(vendor: Vendor) -> None:
    vendor.things = [{"id": 1, "size": {"unit": "cm", "height": 2}}, {"id": 2, "size": "large"}]
    found = [json.loads(each["record"]) for each in read({})]
    assert found == [{"id": 1, "size": {"height": 2}}, {"id": 2, "size": "large"}]
