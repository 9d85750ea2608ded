"""HubSpot's lists of records: static ones take members from outside, dynamic ones refuse them.

https://developers.hubspot.com/docs/api-reference/2026-03/crm/lists/memberships/update-list-memberships
https://developers.hubspot.com/docs/api-reference/legacy/crm/lists/memberships/get-memberships-by-id
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.hubspot.errors import bad_request, body, not_found, not_json
from sandbox.vendors.hubspot.objects import Objects, stamp
from sandbox.vendors.replies import Refusal, read_object
from sandbox.vendors.state import Clock, id_order

STATIC = ("MANUAL", "SNAPSHOT")
MOST_CHANGES = 100_000
LARGEST_SEARCH = 500
LARGEST_PAGE = 250


@dataclass
class RecordList:
    """One list with the ids of its members, and when each joined it unless from the first."""

    id: str
    name: str
    processing: str
    type_id: str
    made_at: str
    members: set[str] = field(default_factory=set)
    joined: dict[str, str] = field(default_factory=dict)

    def show(self) -> dict[str, Any]:
        """As the API returns it."""
        return {
            "listId": self.id,
            "listVersion": 1,
            "name": self.name,
            "objectTypeId": self.type_id,
            "processingType": self.processing,
            "processingStatus": "COMPLETE",
            "createdAt": self.made_at,
            "updatedAt": self.made_at,
        }


class Lists:
    """All lists of a portal."""

    def __init__(self, objects: Mapping[str, Objects], clock: Clock) -> None:
        self._objects = {known.kind.type_id: known for known in objects.values()}
        self._clock = clock
        self._last_id = 0
        self.lists: dict[str, RecordList] = {}

    def make(self, name: str, processing: str = "MANUAL", type_id: str = "0-1") -> str:
        """A new list; returns its id."""
        self._last_id += 1
        key = str(self._last_id)
        made_at = stamp(self._clock.tick())
        self.lists[key] = RecordList(key, name, processing, type_id, made_at)
        return key

    def dump(self) -> dict[str, Any]:
        """Members by list."""
        return {key: sorted(found.members) for key, found in self.lists.items()}

    def routes(self) -> list[Route]:
        """The paths of the lists API that are emulated."""
        one = "/crm/v3/lists/{list_id}"
        return [
            Route("/crm/v3/lists", self._create, methods=["POST"]),
            Route("/crm/v3/lists/search", self._search, methods=["POST"]),
            Route("/crm/v3/lists/records/{type_id}/{id}/memberships", self._of_record),
            Route(one, self._show),
            Route(one, self._delete, methods=["DELETE"]),
            Route(f"{one}/memberships", self._memberships),
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

    async def _delete(self, request: Request) -> Response:
        del self.lists[self._named(request).id]
        return Response(status_code=204)

    async def _search(self, request: Request) -> Response:
        content = await read_object(request, not_json)
        count, offset = content.get("count", 20), content.get("offset", 0)
        if not isinstance(count, int) or not 1 <= count <= LARGEST_SEARCH:
            raise bad_request(f"count must be between 1 and {LARGEST_SEARCH}")
        wanted = (content.get("objectTypeId"), str(content.get("query", "")).lower())
        found = [
            known
            for known in self.lists.values()
            if wanted[0] in (None, known.type_id) and wanted[1] in known.name.lower()
        ]
        end = offset + count
        reply = {"lists": [known.show() for known in found[offset:end]], "total": len(found)}
        return JSONResponse({**reply, "offset": end, "hasMore": end < len(found)})

    async def _memberships(self, request: Request) -> Response:
        known, query = self._named(request), request.query_params
        limit, after = query.get("limit", "100"), query.get("after", "")
        if not limit.isdigit() or not 1 <= int(limit) <= LARGEST_PAGE:
            raise bad_request(f"limit must be between 1 and {LARGEST_PAGE}")
        live = {record.id for record in self._objects[known.type_id].table.live()}
        ids = sorted(live & known.members, key=id_order)
        later = [key for key in ids if not after or id_order(key) > id_order(after)]
        page = later[: int(limit)]
        reply: dict[str, Any] = {
            "results": [
                {"recordId": key, "membershipTimestamp": known.joined.get(key, known.made_at)}
                for key in page
            ],
            "total": len(ids),
        }
        if len(page) < len(later):
            reply["paging"] = {"next": {"after": page[-1]}}
        return JSONResponse(reply)

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
        changed.joined |= dict.fromkeys(joining, stamp(self._clock.tick()))
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
