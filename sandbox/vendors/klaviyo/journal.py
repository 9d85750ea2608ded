"""What Klaviyo tells who reads: profiles with what they agreed to, events, metrics, page by page.

https://developers.klaviyo.com/en/reference/get_events
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.vendors.klaviyo import shapes
from sandbox.vendors.klaviyo.shapes import Profile, refused
from sandbox.vendors.state import Clock

LARGEST_PROFILES, LARGEST_EVENTS, METRICS = 100, 1000, 200
SINCE = re.compile(r"(?P<operator>greater-than|greater-or-equal)\((?P<field>\w+),(?P<time>[^)]+)\)")
Resource = dict[str, Any]


class Journal:
    """When profiles changed and what they agreed to; metrics by name, and all that happened."""

    def __init__(self, profiles: dict[str, Profile]) -> None:
        self._profiles = profiles
        self._clock = Clock()
        self._created: dict[str, datetime] = {}
        self._updated: dict[str, datetime] = {}
        self._consents: dict[str, Resource] = {}
        self.metrics: dict[str, Resource] = {}
        self.events: list[Resource] = []

    def touched(self, key: str) -> None:
        """A profile changed just now."""
        self._updated[key] = self._clock.tick()
        self._created.setdefault(key, self._updated[key])

    def agree(self, key: str, consent: str, *suppressed: str) -> None:
        """Somebody subscribes or unsubscribes; `suppressed` are reasons not to write to them."""
        self.touched(key)
        moment = self._updated[key].isoformat()
        self._consents[key] = {
            "can_receive_email_marketing": not suppressed and consent != "UNSUBSCRIBED",
            "consent": consent,
            "consent_timestamp": moment,
            "last_updated": moment,
            "suppression": [{"reason": reason, "timestamp": moment} for reason in suppressed],
            "list_suppressions": [],
        }

    def happened(self, name: str, key: str, at: datetime | None = None, **more: object) -> str:
        """An event of a profile, by default now; its id."""
        moment = at or self._clock.tick()
        metric = self.metrics.setdefault(name, self._metric(name))
        event = f"4vR{len(self.events):08}"
        about = {
            "timestamp": int(moment.timestamp()),
            "datetime": moment.isoformat(timespec="seconds"),
            "event_properties": {
                "Recipient Email Address": self._profiles[key].get("email"),
                "$event_id": event,
                **more,
            },
            "uuid": event,
        }
        whose = f"{shapes.API}/api/events/{event}"
        relationships = {
            kind: {
                "data": {"type": kind, "id": of},
                "links": {"self": f"{whose}/relationships/{kind}", "related": f"{whose}/{kind}"},
            }
            for kind, of in (("profile", key), ("metric", metric["id"]))
        }
        shown = shapes.shown("event", event, about) | {"relationships": relationships}
        self.events.append(shown)
        return event

    def _metric(self, name: str) -> Resource:
        moment = self._clock.tick().isoformat()
        about = {"name": name, "created": moment, "updated": moment, "integration": None}
        return shapes.shown("metric", f"Rx{len(self.metrics)}", about)

    async def tell_profiles(self, request: Request) -> Response:
        """GET /api/profiles, also with subscriptions, by the date of the last change."""
        asked = request.query_params
        size = int(asked.get("page[size]", "20"))
        if size > LARGEST_PROFILES or asked.get("sort", "updated") != "updated":
            raise refused(400, "invalid", "page[size] or sort is not valid")
        with_consent = asked.get("additional-fields[profile]") == "subscriptions"
        fits = _since(request, "updated", "greater-than")
        listed = [
            self._shown(key, with_consent=with_consent)
            for key in self._profiles
            if fits(self._updated[key])
        ]
        return _page(request, listed, size, "updated")

    def _shown(self, key: str, *, with_consent: bool) -> Resource:
        moments = {
            "created": self._created[key].isoformat(),
            "updated": self._updated[key].isoformat(),
        }
        about = {**self._profiles[key], **moments, "last_event_date": None}
        if with_consent:
            marketing = self._consents.get(key, {"consent": "NEVER_SUBSCRIBED", "suppression": []})
            about["subscriptions"] = {"email": {"marketing": marketing}}
        return shapes.shown("profile", key, about)

    async def tell_events(self, request: Request) -> Response:
        """GET /api/events, oldest first."""
        asked = request.query_params
        size = int(asked.get("page[size]", "200"))
        if size > LARGEST_EVENTS or asked.get("sort") != "datetime":
            raise refused(400, "invalid", "page[size] or sort is not valid")
        fits = _since(request, "datetime", "greater-or-equal")
        listed = [
            event
            for event in self.events
            if fits(datetime.fromisoformat(event["attributes"]["datetime"]))
        ]
        return _page(request, listed, size, "datetime")

    async def tell_metrics(self, request: Request) -> Response:
        """GET /api/metrics."""
        return _page(request, list(self.metrics.values()), METRICS, "name")


def _since(request: Request, field: str, operator: str) -> Callable[[datetime], bool]:
    if shapes.lacks_revision(request):
        raise refused(400, "invalid", "revision is missing")
    text = request.query_params.get("filter")
    if text is None:
        return lambda moment: True
    found = SINCE.fullmatch(text)
    if found is None or (found["field"], found["operator"]) != (field, operator):
        raise refused(400, "invalid", "Invalid filter provided")
    since = datetime.fromisoformat(found["time"])
    if operator == "greater-than":
        return lambda moment: moment > since
    return lambda moment: moment >= since


def _page(request: Request, listed: list[Resource], size: int, order: str) -> Response:
    """A page in an order; its cursor is the place of its last resource, whatever comes before."""
    found = sorted((f"{each['attributes'][order]} {each['id']}", each) for each in listed)
    cursor = request.query_params.get("page[cursor]", "")
    left = [(place, each) for place, each in found if place > cursor]
    shown, links = left[:size], {"self": str(request.url), "next": None, "prev": None}
    if len(left) > size:
        links["next"] = str(request.url.include_query_params(**{"page[cursor]": shown[-1][0]}))
    return JSONResponse({"data": [each for _, each in shown], "links": links})
