"""A Twilio Segment source: what it can parse it answers with 200, and what it cannot use it drops.

Follows https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

LARGEST_REQUEST = 500_000
LARGEST_CALL = 32_000
Traits = dict[str, Any]


class Segment(Emulator):
    """POST /v1/batch. Profiles keep the latest value of each trait, and lose one that is null."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        route = Route("/v1/batch", self._batch, methods=["POST"])
        super().__init__([route], RollingLimit(limits.requests_second, 1))
        self._write_key = known["SEGMENT_WRITE_KEY"]
        self._seen: set[str] = set()
        self.users: dict[str, Traits] = {}
        self.groups: dict[str, Traits] = {}
        self.events: dict[str, Traits] = {}

    def is_authorized(self, request: Request) -> bool:
        """Everybody is let in: calls with a wrong key are dropped later."""
        return True

    def error(self, status: int) -> object:
        """No more than that it failed."""
        return {"success": False, "message": f"status {status}"}

    def dump(self) -> dict[str, Any]:
        """Traits by userId and groupId; track calls by messageId."""
        return {"users": self.users, "groups": self.groups, "events": self.events}

    async def _batch(self, request: Request) -> Response:
        if len(await request.body()) > LARGEST_REQUEST:
            raise _refused("request is larger than 500KB")
        body = await read_object(request, lambda: _refused("malformed JSON"))
        calls = body.get("batch")
        if not isinstance(calls, list):
            raise _refused("batch is no list")
        if any(len(json.dumps(call).encode()) > LARGEST_CALL for call in calls):
            raise _refused("a call is larger than 32KB")
        if self._has_key(request):
            for call in calls:
                self._take(call)
        return JSONResponse({"success": True})

    def _has_key(self, request: Request) -> bool:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        try:
            user = base64.b64decode(credentials).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme == "Basic" and compare_digest(user, self._write_key)

    def _take(self, call: Mapping[str, Any]) -> None:
        message_id = str(call.get("messageId", ""))
        is_about_someone = call.get("userId") or call.get("anonymousId")
        if not is_about_someone or message_id in self._seen:
            return
        self._seen |= {message_id} if message_id else set()
        kind = call.get("type")
        if kind == "identify" and call.get("userId"):
            _merge(self.users, call["userId"], call.get("traits", {}))
        elif kind == "group" and call.get("groupId"):
            _merge(self.groups, call["groupId"], call.get("traits", {}))
        elif kind == "track" and call.get("event"):
            self.events[message_id] = dict(call)


def _merge(profiles: dict[str, Traits], key: str, traits: Traits) -> None:
    profile = profiles.setdefault(key, {})
    profile.update(traits)
    for name in [name for name, value in profile.items() if value is None]:
        del profile[name]


def _refused(message: str) -> Refusal:
    return Refusal(400, {"success": False, "message": message})


EMULATED = Emulated("SEGMENT_URL", ("SEGMENT_WRITE_KEY",), Segment)
