"""A Stripe account: customers, subscriptions, invoices, and the events that tell their changes."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import timedelta
from hmac import compare_digest
from itertools import islice
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal
from sandbox.vendors.state import Clock

Record = dict[str, Any]

LARGEST_PAGE = 100
MOST_TYPES = 20
PREFIXES = {"customers": "cus", "subscriptions": "sub", "invoices": "in"}
EVENTS = {
    "customers": "customer",
    "subscriptions": "customer.subscription",
    "invoices": "invoice",
}
BLANK: dict[str, Record] = {
    "customers": {
        **{"object": "customer", "email": None, "phone": None, "name": None, "address": None},
        **{"metadata": {}, "balance": 0},
    },
    "subscriptions": {
        **{"object": "subscription", "customer": None, "status": "active", "currency": "eur"},
        **{"cancel_at_period_end": False, "canceled_at": None, "ended_at": None},
        **{"items": {"object": "list", "data": []}, "metadata": {}},
    },
    "invoices": {
        **{"object": "invoice", "customer": None, "status": "draft", "currency": "eur"},
        **{"total": 0, "amount_paid": 0, "hosted_invoice_url": None, "subscription": None},
    },
}


class Stripe(Emulator):
    """Everything is listed newest first, and pages begin after an id."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        routes = [Route("/v1/events", self._events), Route("/v1/{object}", self._list)]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._key = known["STRIPE_KEY"]
        self._clock = Clock(timedelta(seconds=1))
        self.tables: dict[str, dict[str, Record]] = {name: {} for name in BLANK}
        self.events: list[Record] = []
        self._made = 0

    def is_authorized(self, request: Request) -> bool:
        """By a restricted key."""
        return compare_digest(request.headers.get("authorization", ""), f"Bearer {self._key}")

    def error(self, status: int) -> object:
        """As Stripe writes errors."""
        if status == 429:
            return {"error": {"code": "rate_limit", "type": "invalid_request_error"}}
        kind = "invalid_request_error" if status < 500 else "api_error"
        return {"error": {"type": kind, "message": "Invalid API Key" if status == 401 else ""}}

    def dump(self) -> dict[str, Any]:
        """Records by object and id."""
        return {name: deepcopy(table) for name, table in self.tables.items()}

    def edit(self, name: str, records: list[Record]) -> list[str]:
        """Set fields, of new records where no id is given; all of a call in one second."""
        moment = int(self._clock.tick().timestamp())
        return [self._write(name, dict(each), moment) for each in records]

    def remove(self, name: str, ids: list[str]) -> None:
        """Delete: the event has what the record was, and lists pass it over."""
        moment = int(self._clock.tick().timestamp())
        for key in ids:
            self._tell(f"{EVENTS[name]}.deleted", self.tables[name].pop(key), moment)

    def cancel(self, subscription: str) -> None:
        """End a subscription, which stays; yet its event is called a deletion."""
        moment = int(self._clock.tick().timestamp())
        record = self.tables["subscriptions"][subscription]
        record |= {"status": "canceled", "canceled_at": moment, "ended_at": moment}
        self._tell("customer.subscription.deleted", record, moment)

    def forget_events(self) -> None:
        """Thirty days later."""
        self.events.clear()

    def _write(self, name: str, given: Record, moment: int) -> str:
        table = self.tables[name]
        key = given.pop("id", None) or f"{PREFIXES[name]}_{self._next()}"
        is_new = key not in table
        record = table.setdefault(key, {"id": key, **deepcopy(BLANK[name]), "created": moment})
        record |= given
        self._tell(f"{EVENTS[name]}.{'created' if is_new else 'updated'}", record, moment)
        return str(key)

    def _tell(self, kind: str, record: Record, moment: int) -> None:
        event = {"id": f"evt_{self._next()}", "object": "event", "type": kind, "created": moment}
        self.events.append({**event, "data": {"object": deepcopy(record)}})

    def _next(self) -> str:
        self._made += 1
        return f"{self._made:08d}"

    async def _list(self, request: Request) -> Response:
        name, asked = request.path_params["object"], request.query_params
        if name not in self.tables:
            raise Refusal(404, _said("Unrecognized request URL"))
        records = list(self.tables[name].values())
        if name == "subscriptions" and asked.get("status") != "all":
            records = [each for each in records if each["status"] != "canceled"]
        return _page(records, asked, request.url.path)

    async def _events(self, request: Request) -> Response:
        asked = request.query_params
        types = asked.getlist("types[]")
        if len(types) > MOST_TYPES:
            raise Refusal(400, _said(f"types may have {MOST_TYPES} values"))
        found = [each for each in self.events if not types or each["type"] in types]
        return _page(found, asked, request.url.path)


def _page(records: list[Record], asked: QueryParams, path: str) -> Response:
    """A page of what is listed newest first."""
    size = asked.get("limit", "10")
    if not size.isdigit() or not 1 <= int(size) <= LARGEST_PAGE:
        raise Refusal(400, _said(f"limit is 1 to {LARGEST_PAGE}"))
    since = int(asked.get("created[gte]", 0))
    found = [each for each in reversed(records) if each["created"] >= since]
    after = asked.get("starting_after")
    ids = [each["id"] for each in found]
    if after and after not in ids:
        raise Refusal(400, _said(f"No such object: {after}") | {"code": "resource_missing"})
    start = ids.index(after) + 1 if after else 0
    page = list(islice(found, start, start + int(size)))
    more = start + len(page) < len(found)
    return JSONResponse({"object": "list", "url": path, "has_more": more, "data": page})


def _said(message: str) -> Record:
    return {"error": {"type": "invalid_request_error", "message": message}}


EMULATED = Emulated("STRIPE_URL", ("STRIPE_KEY",), Stripe)
