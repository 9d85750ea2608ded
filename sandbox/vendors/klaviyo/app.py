"""A Klaviyo account: profiles that jobs import or forms bring, lists, and all that happened.

https://developers.klaviyo.com/en/docs/use_klaviyos_bulk_profile_import_api
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.klaviyo import shapes
from sandbox.vendors.klaviyo.journal import Journal
from sandbox.vendors.klaviyo.shapes import GROUPS, IDENTIFIERS, Profile, refused
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.replies import read_object

LARGEST_JOB, LARGEST_BODY = 10_000, 5_000_000
LARGEST_PAGE = 100
LIST = "VRgFBd"
QUESTION = re.compile(r"any\((\w+),(\[.*\])\)")
CODES = {401: "not_authenticated", 403: "permission_denied", 429: "throttled"}


@dataclass
class Job:
    """What an import did; it says that it is at work for some looks first."""

    looks: int
    total: int = 0
    errors: list[Profile] = field(default_factory=list)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Klaviyo(Emulator):
    """The paths under /api that writing profiles and lists needs, and reading what there is.

    `slow` is how often a job is looked at before it is complete; `page` is how many errors there
    are on one page.
    """

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        jobs, one = "/api/profile-bulk-import-jobs", "/api/profile-bulk-import-jobs/{id}"
        members = "/api/lists/{id}/relationships/profiles"
        routes = [
            Route(jobs, self._import, methods=["POST"]),
            Route(one, self._job),
            Route(f"{one}/import-errors", self._job_errors),
            Route("/api/profile-import", self._upsert, methods=["POST"]),
            Route("/api/profiles", self._profiles),
            Route("/api/events", self._events),
            Route("/api/metrics", self._metrics),
            Route("/api/profiles/{id}", self._update, methods=["PATCH"]),
            Route(members, self._leave, methods=["DELETE"]),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._key = f"Klaviyo-API-Key {known['KLAVIYO_API_KEY']}"
        self.profiles: dict[str, Profile] = {}
        self.journal = Journal(self.profiles)
        self._made = 0
        self.members: set[str] = set()
        self.jobs: dict[str, Job] = {}
        self.slow, self.page = 0, LARGEST_PAGE

    def is_authorized(self, request: Request) -> bool:
        """By a private key."""
        return compare_digest(request.headers.get("authorization", ""), self._key)

    def error(self, status: int) -> object:
        """As JSON:API writes errors."""
        return shapes.errors(status, CODES.get(status, "error"), "the request was not accepted")

    def dump(self) -> dict[str, Any]:
        """Profiles by id, and the ids in the list."""
        return {"profiles": dict(self.profiles), "members": sorted(self.members)}

    def edit(self, attributes: Profile) -> str:
        """Somebody fills in a form, or an employee does; the profile's id."""
        return self._write(attributes)

    def remove(self, key: str) -> None:
        """A profile is deleted for good."""
        self.members.discard(key)
        del self.profiles[key]

    def merge(self, loser: str, winner: str) -> None:
        """One profile becomes part of another, which keeps its own values and takes the events."""
        taken = {**self.profiles[loser], **self.profiles[winner]}
        for event in self.journal.events:
            whose = event["relationships"]["profile"]["data"]
            whose["id"] = winner if whose["id"] == loser else whose["id"]
        self.remove(loser)
        self._merge(winner, taken)

    async def _import(self, request: Request) -> Response:
        if len(await request.body()) > LARGEST_BODY:
            raise refused(413, "payload_too_large", "the payload is over 5 MB")
        job = await shapes.resource(request, "profile-bulk-import-job")
        given = ((job.get("attributes") or {}).get("profiles") or {}).get("data") or []
        lists = ((job.get("relationships") or {}).get("lists") or {}).get("data") or []
        if not 1 <= len(given) <= LARGEST_JOB:
            raise refused(400, "invalid", f"a job takes 1 to {LARGEST_JOB} profiles")
        if any(entry.get("id") != LIST for entry in lists):
            raise refused(404, "not_found", "A list with this id does not exist.")
        for profile in given:
            shapes.check(profile)
        made = Job(self.slow, len(given))
        for place, profile in enumerate(given):
            fault = shapes.fault(profile["attributes"])
            if fault:
                made.errors.append(shapes.import_error(place, fault, profile))
                continue
            # A job leaves alone what is null.
            key = self._write(shapes.filled(profile["attributes"]))
            self.members |= {key} if lists else set()
        key = f"job{len(self.jobs) + 1}"
        self.jobs[key] = made
        return shapes.answer(self._shown(key), 202)

    async def _job(self, request: Request) -> Response:
        key = self._named(request)
        self.jobs[key].looks -= 1
        return shapes.answer(self._shown(key))

    async def _job_errors(self, request: Request) -> Response:
        errors = self.jobs[self._named(request)].errors
        start = int(request.query_params.get("page[cursor]", "0"))
        end = start + self.page
        more = f"{request.base_url}{request.url.path[1:]}?page%5Bcursor%5D={end}"
        links = {"self": str(request.url), "next": more if end < len(errors) else None}
        return JSONResponse({"data": errors[start:end], "links": links})

    async def _upsert(self, request: Request) -> Response:
        profile = await shapes.resource(request, "profile")
        key = self._write(shapes.sound(profile)["attributes"])
        self._unset(key, profile)
        return shapes.answer(shapes.shown("profile", key, self.profiles[key]))

    async def _events(self, request: Request) -> Response:
        return await self.journal.tell_events(request)

    async def _metrics(self, request: Request) -> Response:
        return await self.journal.tell_metrics(request)

    async def _profiles(self, request: Request) -> Response:
        asked = QUESTION.fullmatch(request.query_params.get("filter", ""))
        if asked is None or asked[1] not in IDENTIFIERS:
            return await self.journal.tell_profiles(request)
        wanted = {str(value).lower() for value in json.loads(asked[2])}
        if len(wanted) > LARGEST_PAGE or shapes.lacks_revision(request):
            raise refused(400, "invalid", "Invalid filter provided")
        found = [
            shapes.shown("profile", key, {asked[1]: profile.get(asked[1])})
            for key, profile in self.profiles.items()
            if str(profile.get(asked[1])).lower() in wanted
        ]
        return JSONResponse({"data": found, "links": {"self": str(request.url), "next": None}})

    async def _update(self, request: Request) -> Response:
        key = request.path_params["id"]
        profile = await shapes.resource(request, "profile")
        if key not in self.profiles:
            raise refused(404, "not_found", f"A profile with id {key} does not exist.")
        if profile.get("id") != key:
            raise refused(400, "invalid", "the id of the body is not that of the path")
        self._merge(key, shapes.sound(profile)["attributes"])
        self._unset(key, profile)
        return shapes.answer(shapes.shown("profile", key, self.profiles[key]))

    async def _leave(self, request: Request) -> Response:
        content = await read_object(request, lambda: refused(400, "invalid", "body"))
        if request.path_params["id"] != LIST:
            raise refused(404, "not_found", "A list with this id does not exist.")
        if len(content["data"]) > 1000:
            raise refused(400, "invalid", "at most 1,000 profiles at once")
        self.members -= {entry["id"] for entry in content["data"]}
        return Response(status_code=204)

    def _write(self, attributes: Profile) -> str:
        named = [(name, attributes[name]) for name in IDENTIFIERS if attributes.get(name)]
        found = [
            key
            for key, known in self.profiles.items()
            if any(str(known.get(name)).lower() == str(value).lower() for name, value in named)
        ]
        if not found:
            self._made += 1
        key = found[0] if found else f"01P{self._made:010}"
        self._merge(key, attributes)
        return key

    def _merge(self, key: str, attributes: Profile) -> None:
        known = self.profiles.setdefault(key, {"properties": {}})
        for name, value in attributes.items():
            if name in GROUPS and isinstance(value, dict):
                known[name] = {**known.get(name, {}), **value}
            else:
                known[name] = value
        self.journal.touched(key)

    def _unset(self, key: str, profile: Profile) -> None:
        patch = (profile.get("meta") or {}).get("patch_properties") or {}
        for name in patch.get("unset", []):
            self.profiles[key]["properties"].pop(name, None)

    def _named(self, request: Request) -> str:
        key: str = request.path_params["id"]
        if key not in self.jobs:
            raise refused(404, "not_found", "A job with this id does not exist.")
        return key

    def _shown(self, key: str) -> dict[str, Any]:
        job = self.jobs[key]
        is_done = job.looks < 0
        attributes = {
            "status": "complete" if is_done else "processing",
            "created_at": job.created_at.isoformat(),
            "total_count": job.total,
            "completed_count": job.total - len(job.errors) if is_done else 0,
            "failed_count": len(job.errors) if is_done else 0,
        }
        return shapes.shown("profile-bulk-import-job", key, attributes)


EMULATED = Emulated("KLAVIYO_URL", ("KLAVIYO_API_KEY",), Klaviyo)
