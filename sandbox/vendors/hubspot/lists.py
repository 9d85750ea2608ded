"""HubSpot's lists of records: static ones take members from outside, dynamic ones refuse them.

https://developers.hubspot.com/docs/api-reference/2026-03/crm/lists/memberships/update-list-memberships
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.hubspot.errors import bad_request, body, not_found, not_json
from sandbox.vendors.hubspot.objects import Objects
from sandbox.vendors.replies import Refusal, read_object

STATIC = ("MANUAL", "SNAPSHOT")
MOST_CHANGES = 100_000


@dataclass
class RecordList:
    """One list and the ids of its members."""

    id: str
    name: str
    processing: str
    type_id: str
    members: set[str] = field(default_factory=set)

    def show(self) -> dict[str, Any]:
        """As the API returns it."""
        return {
            "listId": self.id,
            "listVersion": 1,
            "name": self.name,
            "objectTypeId": self.type_id,
            "processingType": self.processing,
            "processingStatus": "COMPLETE",
        }


class Lists:
    """All lists of a portal."""

    def __init__(self, objects: Mapping[str, Objects]) -> None:
        self._objects = {known.kind.type_id: known for known in objects.values()}
        self.lists: dict[str, RecordList] = {}

    def make(self, name: str, processing: str = "MANUAL", type_id: str = "0-1") -> str:
        """A new list; returns its id."""
        key = str(len(self.lists) + 1)
        self.lists[key] = RecordList(key, name, processing, type_id)
        return key

    def dump(self) -> dict[str, Any]:
        """Members by list."""
        return {key: sorted(found.members) for key, found in self.lists.items()}

    def routes(self) -> list[Route]:
        """The paths of the lists API that are emulated."""
        one = "/crm/v3/lists/{list_id}"
        return [
            Route("/crm/v3/lists", self._create, methods=["POST"]),
            Route("/crm/v3/lists/records/{type_id}/{id}/memberships", self._of_record),
            Route(one, self._show),
            Route(f"{one}/memberships/add-and-remove", self._change, methods=["PUT"]),
        ]

    def _named(self, request: Request) -> RecordList:
        found = self.lists.get(request.path_params["list_id"])
        if found is None:
            key = request.path_params["list_id"]
            raise not_found(f"List does not exist with ID {key}.")
        return found

    async def _create(self, request: Request) -> Response:
        content = await read_object(request, not_json)
        name, type_id = str(content.get("name", "")), str(content.get("objectTypeId", ""))
        processing = content.get("processingType")
        if not name or type_id not in self._objects or processing not in (*STATIC, "DYNAMIC"):
            raise bad_request("Invalid input: name, objectTypeId and processingType are required")
        key = self.make(name, processing, type_id)
        return JSONResponse({"list": self.lists[key].show()})

    async def _show(self, request: Request) -> Response:
        return JSONResponse({"list": self._named(request).show()})

    async def _of_record(self, request: Request) -> Response:
        type_id, key = request.path_params["type_id"], request.path_params["id"]
        found = [
            {"listId": known.id, "listVersion": 1}
            for known in self.lists.values()
            if known.type_id == type_id and key in known.members
        ]
        return JSONResponse({"total": len(found), "results": found})

    async def _change(self, request: Request) -> Response:
        changed = self._named(request)
        content = await read_object(request, not_json)
        added, removed = _ids(content, "recordIdsToAdd"), _ids(content, "recordIdsToRemove")
        if changed.processing not in STATIC:
            message = f"List {changed.id} is {changed.processing}: its members follow its filters."
            raise Refusal(400, body(message, category="VALIDATION_ERROR"))
        if len(added) + len(removed) > MOST_CHANGES:
            raise bad_request(f"at most {MOST_CHANGES} records can be changed at once")
        table = self._objects[changed.type_id].table
        live = {record.id for record in table.live()}
        joining = (added & live) - changed.members
        leaving = removed & changed.members
        changed.members = (changed.members | joining) - leaving
        answer = {
            "recordsIdsAdded": sorted(joining),
            "recordIdsRemoved": sorted(leaving),
            "recordIdsMissing": sorted((added | removed) - live),
        }
        # Empty ones are left out.
        return JSONResponse({name: keys for name, keys in answer.items() if keys})


def _ids(content: Mapping[str, Any], name: str) -> set[str]:
    given = content.get(name, [])
    if not isinstance(given, list):
        raise bad_request(f"Invalid input JSON: {name} must be a list")
    return {str(key) for key in given}
