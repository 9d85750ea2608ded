"""Google Ads before one account: what its campaigns cost on each day, asked in Google's language.

https://developers.google.com/google-ads/api/rest/common/search
"""

import re
import secrets
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.google_ads import STATUSES
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

ACCOUNT, MANAGER = "1234567890", "9876543210"
PAGE = 10_000
QUESTION = re.compile(
    r"SELECT (?P<fields>[\w., ]+) FROM campaign"
    r" WHERE segments\.date BETWEEN '(?P<first>[\d-]{10})' AND '(?P<last>[\d-]{10})'"
)
FAILURE = "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"
Row = dict[str, dict[str, str]]


class GoogleAdsReports(Emulator):
    """POST /token; POST /v26/customers/{account}/googleAds:search {query, pageToken}.

    `page` is how many rows there are on one page; `good_for` how many requests a token is good for.
    """

    open_paths = ("/token",)

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        routes = [
            Route("/token", self._sell, methods=["POST"]),
            Route("/v26/customers/{account}/googleAds:search", self._search, methods=["POST"]),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._known = known
        self._uses: dict[str, int] = {}
        self._days: dict[tuple[str, str], Row] = {}
        self.currency = "EUR"
        self.page, self.good_for = PAGE, 1_000

    def spend(self, campaign: str, name: str, day: str, micros: int, clicks: int = 0) -> None:
        """What a campaign cost on a day, in place of what it cost before."""
        self._days[day, campaign] = {
            "customer": {"resourceName": f"customers/{ACCOUNT}", "id": ACCOUNT},
            "campaign": {
                "resourceName": f"customers/{ACCOUNT}/campaigns/{campaign}",
                "id": campaign,
                "name": name,
            },
            "segments": {"date": day},
            "metrics": {
                "costMicros": str(micros),
                "impressions": str(clicks * 20),
                "clicks": str(clicks),
            },
        }

    def forget(self, campaign: str, day: str) -> None:
        """Nothing was shown on that day after all."""
        del self._days[day, campaign]

    def is_authorized(self, request: Request) -> bool:
        """By a token that was sold, the developer's token and the manager account."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._uses.get(token, 0) <= 0:
            return False
        self._uses[token] -= 1
        developer = self._known["GOOGLE_ADS_DEVELOPER_TOKEN"]
        return (
            compare_digest(request.headers.get("developer-token", ""), developer)
            and request.headers.get("login-customer-id")
            == self._known["GOOGLE_ADS_LOGIN_CUSTOMER_ID"]
        )

    def error(self, status: int) -> object:
        """As Google writes errors."""
        return _error(status, STATUSES.get(status, "INTERNAL"), {})

    def dump(self) -> dict[str, Any]:
        """What campaigns cost, by day and campaign."""
        return {"days": {" ".join(key): row for key, row in self._days.items()}}

    async def _sell(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        wanted = {
            "grant_type": "refresh_token",
            "refresh_token": self._known["GOOGLE_ADS_REFRESH_TOKEN"],
            "client_id": self._known["GOOGLE_ADS_CLIENT_ID"],
            "client_secret": self._known["GOOGLE_ADS_CLIENT_SECRET"],
        }
        if form != wanted:
            return JSONResponse({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
        token = secrets.token_hex(16)
        self._uses[token] = self.good_for
        return JSONResponse({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    async def _search(self, request: Request) -> Response:
        content = await read_object(request, lambda: _refused({"requestError": "UNKNOWN"}))
        if request.path_params["account"] != ACCOUNT:
            raise Refusal(403, _error(403, "PERMISSION_DENIED", {"authorizationError": "DENIED"}))
        if "pageSize" in content:
            raise _refused({"requestError": "PAGE_SIZE_NOT_SUPPORTED"})
        asked = QUESTION.fullmatch(str(content.get("query", "")))
        if asked is None:
            raise _refused({"queryError": "UNEXPECTED_INPUT"})
        start = self._start(content)
        fields = asked["fields"].split(", ")
        found = [
            self._shown(row, fields)
            for (day, _), row in sorted(self._days.items())
            if asked["first"] <= day <= asked["last"]
        ]
        # An empty list is left out, and so is the token after the last page.
        reply: dict[str, Any] = {"fieldMask": ",".join(map(_camel, fields)), "requestId": "r"}
        if listed := found[start : start + self.page]:
            reply["results"] = listed
        if start + self.page < len(found):
            reply["nextPageToken"] = f"page-{start + self.page}"
        return JSONResponse(reply)

    def _start(self, content: dict[str, Any]) -> int:
        token = str(content.get("pageToken", "page-0"))
        if not re.fullmatch(r"page-\d+", token):
            raise _refused({"requestError": "INVALID_PAGE_TOKEN"})
        return int(token.removeprefix("page-"))

    def _shown(self, row: Row, fields: list[str]) -> Row:
        """The fields that were asked for, and the names of the resources."""
        whole = {**row, "customer": {**row["customer"], "currencyCode": self.currency}}
        shown: Row = {}
        for field in map(_camel, fields):
            part, name = field.split(".")
            shown.setdefault(part, {})[name] = whole[part][name]
            if "resourceName" in whole[part]:
                shown[part]["resourceName"] = whole[part]["resourceName"]
        return shown


def _camel(field: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), field)


def _error(code: int, status: str, reason: dict[str, str]) -> dict[str, Any]:
    message = "The request was not accepted."
    details = {"@type": FAILURE, "errors": [{"errorCode": reason, "message": message}]}
    about = {"code": code, "message": message, "status": status}
    return {"error": {**about, "details": [details] if reason else []}}


def _refused(reason: dict[str, str]) -> Refusal:
    return Refusal(400, _error(400, "INVALID_ARGUMENT", reason))


EMULATED = Emulated(
    "GOOGLE_ADS_REPORTS_URL",
    (
        *("GOOGLE_ADS_CLIENT_ID", "GOOGLE_ADS_CLIENT_SECRET", "GOOGLE_ADS_REFRESH_TOKEN"),
        *("GOOGLE_ADS_DEVELOPER_TOKEN", "GOOGLE_ADS_LOGIN_CUSTOMER_ID"),
    ),
    GoogleAdsReports,
)
