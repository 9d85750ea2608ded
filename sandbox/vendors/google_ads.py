"""Google's Data Manager API before one Customer Match audience: jobs that are asked about.

https://developers.google.com/data-manager/api/reference/rest/v1/audienceMembers/ingest
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import Refusal, read_object

ACCOUNT, MANAGER, AUDIENCE = "1234567890", "9876543210", "7090784486"
LARGEST_BATCH, MOST_IDENTIFIERS = 10_000, 10
HASHED = ("emailAddress", "phoneNumber")
FINGERPRINT = re.compile(r"[0-9a-fA-F]{64}")
GRANTED = {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"}
STATUSES = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}


@dataclass
class Job:
    """What became of one request; it says that it is at work for some looks first."""

    status: str
    reason: str = ""
    looks: int = 0


class GoogleAds(Emulator):
    """POST /token; POST /v1/audienceMembers:ingest and :remove; GET /v1/requestStatus:retrieve.

    `slow` is how often a job is looked at before it is done; `unusable` are fingerprints that only
    the job finds fault with.
    """

    open_paths = ("/token",)

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        routes = [
            Route("/token", self._sell, methods=["POST"]),
            Route("/v1/audienceMembers:ingest", self._ingest, methods=["POST"]),
            Route("/v1/audienceMembers:remove", self._remove, methods=["POST"]),
            Route("/v1/requestStatus:retrieve", self._status),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._known = known
        self._tokens: set[str] = set()
        self.members: set[str] = set()
        self.jobs: dict[str, Job] = {}
        self.slow = 0
        self.unusable: set[str] = set()

    def is_authorized(self, request: Request) -> bool:
        """By a token that was sold."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and token in self._tokens

    def error(self, status: int) -> object:
        """As Google writes errors."""
        return _error(status, STATUSES.get(status, "INTERNAL"), "the request was not accepted", [])

    def dump(self) -> dict[str, Any]:
        """The fingerprints in the audience."""
        return {"members": sorted(self.members)}

    async def _sell(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        wanted = {
            "grant_type": "refresh_token",
            "refresh_token": self._known["GOOGLE_ADS_REFRESH_TOKEN"],
            "client_id": self._known["GOOGLE_ADS_CLIENT_ID"],
            "client_secret": self._known["GOOGLE_ADS_CLIENT_SECRET"],
        }
        if not all(compare_digest(str(form.get(name, "")), text) for name, text in wanted.items()):
            return JSONResponse({"error": "invalid_grant", "error_description": "Bad Request"}, 400)
        token = secrets.token_hex(16)
        self._tokens.add(token)
        return JSONResponse({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    async def _ingest(self, request: Request) -> Response:
        content = await read_object(request, lambda: _refused("INVALID_ARGUMENT", "body"))
        found = _members(content)
        terms = content.get("termsOfService") or {}
        if terms.get("customerMatchTermsOfServiceStatus") != "ACCEPTED":
            raise _refused("TERMS_AND_CONDITIONS_NOT_SIGNED", "terms_of_service")
        # Without a yes to both, Google takes the data and does not use it.
        if content.get("consent") == GRANTED:
            self.members |= found - self.unusable
        return self._accepted(found)

    async def _remove(self, request: Request) -> Response:
        content = await read_object(request, lambda: _refused("INVALID_ARGUMENT", "body"))
        unknown = content.keys() - {"destinations", "audienceMembers", "encoding"}
        if unknown:
            raise _refused("INVALID_ARGUMENT", min(unknown))
        found = _members(content)
        self.members -= found - self.unusable
        return self._accepted(found)

    def _accepted(self, found: set[str]) -> Response:
        key = secrets.token_hex(8)
        faulty = found & self.unusable
        reason = "PROCESSING_ERROR_REASON_INVALID_USER_IDENTIFIER" if faulty else ""
        status = "SUCCESS" if not faulty else "FAILED" if faulty == found else "PARTIAL_SUCCESS"
        self.jobs[key] = Job(status, reason, self.slow)
        return JSONResponse({"requestId": key})

    async def _status(self, request: Request) -> Response:
        job = self.jobs.get(request.query_params.get("requestId", ""))
        if job is None:
            raise Refusal(404, _error(404, "NOT_FOUND", "Resource not found.", []))
        job.looks -= 1
        if job.looks >= 0:
            told: dict[str, Any] = {"requestStatus": "PROCESSING"}
        else:
            told = {"requestStatus": job.status}
        if job.reason and job.looks < 0:
            told["errorInfo"] = {"errorCounts": [{"recordCount": "1", "reason": job.reason}]}
        return JSONResponse({"requestStatusPerDestination": [told]})


def _members(content: dict[str, Any]) -> set[str]:
    """The fingerprints of a request; one fault refuses the whole of it."""
    if content.get("destinations") != [
        {
            "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": ACCOUNT},
            "loginAccount": {"accountType": "GOOGLE_ADS", "accountId": MANAGER},
            "productDestinationId": AUDIENCE,
        }
    ]:
        raise _refused("INVALID_DESTINATION", "destinations.destinations[0]")
    if content.get("encoding") != "HEX":
        raise _refused("REQUIRED_FIELD_MISSING", "encoding")
    members = content.get("audienceMembers")
    if not isinstance(members, list) or not members:
        raise _refused("REQUIRED_FIELD_MISSING", "audience_members")
    if len(members) > LARGEST_BATCH:
        raise _refused("TOO_MANY_AUDIENCE_MEMBERS", "audience_members")
    return {text for place, member in enumerate(members) for text in _identifiers(member, place)}


def _identifiers(member: dict[str, Any], place: int) -> list[str]:
    where = f"audience_members.audience_members[{place}].user_data.user_identifiers"
    identifiers = (member.get("userData") or {}).get("userIdentifiers") or []
    if not identifiers:
        raise _refused("REQUIRED_FIELD_MISSING", where)
    if len(identifiers) > MOST_IDENTIFIERS:
        raise _refused("TOO_MANY_USER_IDENTIFIERS", where)
    found = []
    for number, identifier in enumerate(identifiers):
        # A union: one kind each.
        if len(identifier) != 1 or next(iter(identifier)) not in HASHED:
            raise _refused("INVALID_ARGUMENT", f"{where}[{number}]")
        (text,) = identifier.values()
        if not FINGERPRINT.fullmatch(str(text)):
            raise _refused("INVALID_SHA256_FORMAT", f"{where}[{number}]")
        found.append(str(text))
    return found


def _error(code: int, status: str, message: str, violations: list[Any]) -> dict[str, Any]:
    details: list[dict[str, Any]] = [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": status,
            "domain": "datamanager.googleapis.com",
        }
    ]
    if violations:
        kind = "type.googleapis.com/google.rpc.BadRequest"
        details.append({"@type": kind, "fieldViolations": violations})
    return {"error": {"code": code, "message": message, "status": status, "details": details}}


def _refused(reason: str, field: str) -> Refusal:
    violations = [{"field": field, "description": "is not accepted", "reason": reason}]
    message = "There was a problem with the request."
    return Refusal(400, _error(400, "INVALID_ARGUMENT", message, violations))


EMULATED = Emulated(
    "GOOGLE_ADS_URL",
    ("GOOGLE_ADS_CLIENT_ID", "GOOGLE_ADS_CLIENT_SECRET", "GOOGLE_ADS_REFRESH_TOKEN"),
    GoogleAds,
)
