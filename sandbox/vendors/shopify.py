"""A Shopify shop as its Admin REST API shows it: orders with their refunds, and customers."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal
from sandbox.vendors.state import Clock

Record = dict[str, Any]

VERSION = "2025-10"
LARGEST_PAGE = 250
BUCKET, LEAK_SECOND = 40, 2.0
# What an app without the scope `read_all_orders` is shown.
RECENT = timedelta(days=60)
BLANK: dict[str, Record] = {
    "orders": {
        **{"currency": "EUR", "total_price": "0.00", "subtotal_price": "0.00", "total_tax": "0.00"},
        **{
            "taxes_included": False,
            "financial_status": "paid",
            "cancelled_at": None,
            "test": False,
        },
        **{"closed_at": None, "refunds": [], "line_items": [], "discount_codes": []},
        **{"email": None, "phone": None, "customer": None, "note": None, "browser_ip": "127.0.0.1"},
    },
    "customers": {
        **{"email": None, "phone": None, "first_name": None, "last_name": None, "note": None},
        **{"orders_count": 0, "email_marketing_consent": None, "default_address": None},
    },
}


class Shopify(Emulator):
    """Lists come newest first, in pages that a link leads to."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        routes = [Route(f"/admin/api/{VERSION}/{{object}}.json", self._list)]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._token = known["SHOPIFY_TOKEN"]
        self._clock = Clock(timedelta(seconds=1))
        self.tables: dict[str, dict[int, Record]] = {name: {} for name in BLANK}
        self.reads_all_orders = True
        self.leak_second = LEAK_SECOND
        self._level, self._poured_at = 0.0, time.monotonic()

    def is_authorized(self, request: Request) -> bool:
        """By the token of a custom app."""
        return compare_digest(request.headers.get("x-shopify-access-token", ""), self._token)

    def admit(self, request: Request) -> Response | None:
        """A bucket of forty requests, out of which two leak each second."""
        if (refused := super().admit(request)) is not None:
            return refused
        now = time.monotonic()
        self._level = max(0.0, self._level - (now - self._poured_at) * self.leak_second)
        self._poured_at = now
        if self._level + 1 > BUCKET:
            return self.refusal(429)
        self._level += 1
        return None

    def refusal(self, status: int) -> Response:
        """The wait is told with a decimal point."""
        headers = {"Retry-After": "2.0"} if status == 429 else None
        return JSONResponse(self.error(status), status, headers)

    def error(self, status: int) -> object:
        """As Shopify writes errors."""
        words = {
            401: "[API] Invalid API key or access token (unrecognized login or wrong password)",
            429: "Exceeded 2 calls per second for api client. Reduce request rates to resume.",
        }
        return {"errors": words.get(status, "Internal Server Error")}

    def dump(self) -> dict[str, Any]:
        """Records by object and id."""
        return {
            name: {str(key): dict(record) for key, record in table.items()}
            for name, table in self.tables.items()
        }

    def edit(self, name: str, records: list[Record]) -> list[str]:
        """Set fields as the merchant does, of new records where no id is given."""
        return [str(self._write(name, dict(each))) for each in records]

    def remove(self, name: str, ids: list[str]) -> None:
        """Delete as the merchant does: no list ever tells."""
        for key in ids:
            del self.tables[name][int(key)]

    def refund(self, order: str, amount: str, status: str = "success") -> None:
        """Pay back a part of an order."""
        told, refunds = self._moment(), self.tables["orders"][int(order)]["refunds"]
        paid = {"kind": "refund", "status": status, "amount": amount}
        made = {"id": len(refunds) + 1, "created_at": told, "transactions": [paid]}
        self.edit("orders", [{"id": int(order), "refunds": [*refunds, made]}])

    def cancel(self, order: str) -> None:
        """Call an order off."""
        self.edit("orders", [{"id": int(order), "cancelled_at": self._moment()}])

    def merge(self, loser: str, winner: str) -> None:
        """One customer takes over the orders of another, who is gone."""
        for key, order in self.tables["orders"].items():
            if (order["customer"] or {}).get("id") == int(loser):
                self.edit("orders", [{"id": key, "customer": {"id": int(winner)}}])
        self.edit("customers", [{"id": int(winner)}])
        self.remove("customers", [loser])

    def _write(self, name: str, given: Record) -> int:
        table, told = self.tables[name], self._moment()
        key = int(given.pop("id", 0)) or max(table, default=1_000) + 1
        record = table.setdefault(key, {"id": key, **BLANK[name], "created_at": told})
        record |= {**given, "updated_at": told}
        return key

    def _moment(self) -> str:
        return self._clock.tick().isoformat(timespec="seconds")

    async def _list(self, request: Request) -> Response:
        name, asked = request.path_params["object"], dict(request.query_params)
        if name not in self.tables:
            raise Refusal(404, {"errors": "Not Found"})
        size = asked.get("limit", "50")
        if not size.isdigit() or not 1 <= int(size) <= LARGEST_PAGE:
            raise Refusal(400, {"errors": {"limit": f"must be between 1 and {LARGEST_PAGE}"}})
        question, last = _question(asked)
        records = sorted(self.tables[name].values(), key=lambda r: -int(r["id"]))
        found = [r for r in records if self._fits(name, r, question)]
        found = [r for r in found if last is None or r["id"] < last]
        page = found[: int(size)]
        headers = {}
        if len(found) > len(page):
            info = urlsafe_b64encode(urlencode({**question, "last": page[-1]["id"]}).encode())
            link = urlencode({"limit": size, "page_info": info.decode()})
            headers = {"Link": f'<{request.url.replace(query=link)}>; rel="next"'}
        return JSONResponse({name: page}, headers=headers)

    def _fits(self, name: str, record: Record, question: Mapping[str, str]) -> bool:
        since = question.get("updated_at_min")
        changed = datetime.fromisoformat(record["updated_at"])
        if since and changed < datetime.fromisoformat(since):
            return False
        if name != "orders":
            return True
        created = datetime.fromisoformat(record["created_at"])
        if not self.reads_all_orders and created < datetime.now(UTC) - RECENT:
            return False
        is_open = record["cancelled_at"] is None and record["closed_at"] is None
        return question.get("status", "open") == "any" or is_open


def _question(asked: Record) -> tuple[dict[str, str], int | None]:
    """What was asked for, and the last id of the page before; a page is asked for alone."""
    if "page_info" not in asked:
        return {name: value for name, value in asked.items() if name != "limit"}, None
    if asked.keys() - {"page_info", "limit", "fields"}:
        raise Refusal(400, {"errors": {"page_info": "may not be used with other parameters"}})
    try:
        told = urlsafe_b64decode(asked["page_info"]).decode()
    except ValueError:
        raise Refusal(400, {"errors": {"page_info": "Invalid value."}}) from None
    question = dict(parse_qsl(told))
    return question, int(question.pop("last"))


EMULATED = Emulated("SHOPIFY_URL", ("SHOPIFY_TOKEN",), Shopify)
