"""The insights of one ad account at Meta: what its campaigns cost on each day.

https://developers.facebook.com/docs/marketing-api/reference/ad-account/insights
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated
from sandbox.vendors.limits import Limits
from sandbox.vendors.meta import Meta
from sandbox.vendors.replies import Refusal

ACCOUNT = "1234567890"
PAGE = 500
FIELDS = (
    *("account_id", "account_currency", "campaign_id", "campaign_name"),
    *("spend", "impressions", "clicks"),
)
Row = dict[str, str]


class MetaInsights(Meta):
    """GET /v25.0/act_{account}/insights?level=campaign&time_increment=1, beside the audience.

    `throttled` is the code with which it asks for patience.
    """

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        super().__init__(known, limits)
        self.app.routes.append(Route("/v25.0/act_{account}/insights", self._insights))
        self._days: dict[tuple[str, str], Row] = {}
        self.currency = "USD"
        self.throttled = 80000

    def spend(self, campaign: str, name: str, day: str, cost: str, clicks: int = 0) -> None:
        """What a campaign cost on a day, in place of what it cost before."""
        self._days[day, campaign] = {
            "account_id": ACCOUNT,
            "campaign_id": campaign,
            "campaign_name": name,
            "spend": cost,
            "impressions": str(clicks * 20),
            "clicks": str(clicks),
            "date_start": day,
            "date_stop": day,
        }

    def forget(self, campaign: str, day: str) -> None:
        """Nothing was shown on that day after all."""
        del self._days[day, campaign]

    def error(self, status: int) -> object:
        """As the Graph API writes errors."""
        if status != 429:
            return super().error(status)
        about = {"message": "There have been too many calls", "type": "OAuthException"}
        return {"error": {**about, "code": self.throttled, "error_subcode": 2446079}}

    def dump(self) -> dict[str, Any]:
        """What campaigns cost, by day and campaign, beside the audience."""
        days = {" ".join(key): row for key, row in self._days.items()}
        return {**super().dump(), "days": days}

    async def _insights(self, request: Request) -> Response:
        asked = request.query_params
        if request.path_params["account"] != ACCOUNT:
            raise _refused("Unsupported get request. Object does not exist")
        if asked.get("level") != "campaign" or asked.get("time_increment") != "1":
            raise _refused("(#100) level and time_increment are not those of this account")
        fields = asked.get("fields", "").split(",")
        if unknown := set(fields) - set(FIELDS):
            raise _refused(f"(#100) {min(unknown)} is not valid for fields param")
        first, last = _days_of(asked.get("time_range", ""))
        limit, start = int(asked.get("limit", "25")), int(asked.get("after") or "0")
        found = [
            self._shown(row, fields)
            for (day, _), row in sorted(self._days.items())
            if first <= day <= last
        ]
        end = min(start + limit, len(found))
        if start >= end:
            return JSONResponse({"data": []})
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(found):
            token = request.headers["authorization"].removeprefix("Bearer ")
            more = urlencode({**asked, "access_token": token, "after": end})
            paging["next"] = f"{request.base_url}{request.url.path[1:]}?{more}"
        return JSONResponse({"data": found[start:end], "paging": paging})

    def _shown(self, row: Row, fields: list[str]) -> Row:
        whole = {**row, "account_currency": self.currency}
        return {name: whole[name] for name in (*fields, "date_start", "date_stop")}


def _days_of(text: str) -> tuple[str, str]:
    try:
        told = json.loads(text)
        return str(told["since"]), str(told["until"])
    except (ValueError, KeyError, TypeError):
        raise _refused("(#100) Must be a JSON object with since and until") from None


def _refused(message: str) -> Refusal:
    about = {"message": message, "type": "OAuthException", "code": 100}
    return Refusal(400, {"error": about})


EMULATED = Emulated("META_URL", ("META_ACCESS_TOKEN",), MetaInsights)
