"""Klaviyo's profiles, imported in jobs and emptied one by one, and the members of a list.

https://developers.klaviyo.com/en/docs/use_klaviyos_bulk_profile_import_api
https://developers.klaviyo.com/en/reference/bulk_import_profiles
https://developers.klaviyo.com/en/reference/get_errors_for_bulk_import_profiles_job
https://developers.klaviyo.com/en/reference/create_or_update_profile
https://developers.klaviyo.com/en/reference/update_profile
https://developers.klaviyo.com/en/reference/remove_profiles_from_list
"""

from collections.abc import Generator, Mapping, Sequence
from urllib.parse import urlencode

import httpx
from pydantic import Field

from orchestration.activation.declaration import Sync
from orchestration.destinations.authorization import Headers
from orchestration.destinations.klaviyo.answers import content, entries, named, refusal, told
from orchestration.destinations.klaviyo.profiles import Profiles, has_gaps, import_job, listed
from orchestration.destinations.protocol import (
    Batch,
    BatchRefused,
    Exchange,
    Offer,
    Options,
    Outcome,
    Row,
    Steps,
    account,
)
from orchestration.destinations.requests import list_misfits
from orchestration.warehouse import Home

API = "https://a.klaviyo.com"
REVISION = "2026-04-15"
JSON_API = "application/vnd.api+json"
LARGEST_JOB = 5_000_000
LARGEST_LOOK_UP = 50
Exchanged = Generator[httpx.Request, httpx.Response, list[Outcome]]


class KlaviyoOptions(Options):
    """What only Klaviyo asks for."""

    list_id: str = Field(default="", description="mode audience: the id of a list")


# A job takes 10,000 profiles. A batch is less, because a removal asks row by row, and what a crash
# interrupts is asked anew.
OFFER = Offer(
    modes=("upsert", "mirror", "audience"),
    leave=("clear", "remove"),
    match=("email", "phone_number", "external_id"),
    needs_match=True,
    options=KlaviyoOptions,
    batch=1000,
    requests_per_second=10,
    variables=("KLAVIYO_API_KEY",),
)


def misfits(sync: Sync) -> list[str]:
    """What a list needs."""
    return list_misfits(sync, KlaviyoOptions) if sync.mode == "audience" else []


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "Klaviyo | None":
    """Needs KLAVIYO_API_KEY; KLAVIYO_URL by default the public API."""
    key = environment.get("KLAVIYO_API_KEY")
    return Klaviyo(environment.get("KLAVIYO_URL") or API, key, sync) if key else None


class Klaviyo:
    """Jobs write profiles and answer later; they leave fields alone that have no value.

    So a row that lost a value is written by itself, and one that leaves is looked up and emptied:
    a profile that somebody has deleted stays away. Nothing but `match` travels into a list.
    """

    def __init__(self, url: str, key: str, sync: Sync) -> None:
        self._url = url.rstrip("/")
        self.account = account(url, key)
        self.auth = Headers({"Authorization": f"Klaviyo-API-Key {key}"})
        self._sync = sync
        self._match = sync.match or "email"
        self._list = str(sync.options.get("list_id", "")) if sync.mode == "audience" else ""
        self._profiles = Profiles(sync.map, self._match)

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Nothing to prepare."""
        yield from ()

    def deliver(self, batch: Batch) -> Steps:
        """A job, and a request for each row that lost a value; or what a removal asks."""
        if batch.is_removal:
            outcomes = list[Outcome]()
            for first in range(0, len(batch.rows), LARGEST_LOOK_UP):
                outcomes += yield from self._take_back(batch.rows[first : first + LARGEST_LOOK_UP])
            return outcomes
        alone = {row.position: row for row in batch.rows if self._loses_a_value(row)}
        together = [row for row in batch.rows if row.position not in alone]
        outcomes = yield from self._job(together)
        for row in alone.values():
            profile = self._profiles.with_gaps(row)
            outcomes += yield from self._one(row, "POST", "profile-import", profile)
        return outcomes

    def poll(self, ticket: str, batch: Batch) -> Steps:
        """One look at a job, and once it is complete, at what it refused."""
        response = yield self._request("GET", f"profile-bulk-import-jobs/{ticket}")
        job = named(content(response), "data", "attributes")
        status = job.get("status") if response.is_success else None
        if status in ("queued", "processing"):
            return [Outcome(row.position, "pending", ticket=ticket) for row in batch.rows]
        if status != "complete":
            return []
        failed = job.get("failed_count") or 0
        errors = (yield from self._errors(ticket)) if failed else []
        return told(errors, failed, batch.rows, self._match)

    def throttled(self, response: httpx.Response) -> bool:
        """By 429 only."""
        return False

    def _loses_a_value(self, row: Row) -> bool:
        return not self._list and row.operation == "changed" and has_gaps(row)

    def _job(self, rows: Sequence[Row]) -> Exchanged:
        if not rows:
            return []
        make = self._profiles.known_by if self._list else self._profiles.without_gaps
        job = import_job([make(row) for row in rows], self._list)
        request = self._request("POST", "profile-bulk-import-jobs", job)
        if len(request.content) > LARGEST_JOB:
            raise BatchRefused("too_large", f"a job takes {LARGEST_JOB} bytes")
        response = yield request
        if not response.is_success:
            raise refusal(response)
        ticket = named(content(response), "data").get("id")
        if not ticket:
            return []
        return [Outcome(row.position, "pending", ticket=str(ticket)) for row in rows]

    def _take_back(self, rows: Sequence[Row]) -> Exchanged:
        question = self._profiles.question(rows)
        response = yield self._request("GET", f"profiles?{urlencode(question)}")
        if not response.is_success:
            raise refusal(response)
        if not isinstance(content(response).get("data"), list):
            return []
        ids = self._profiles.ids(entries(content(response)))
        gone = [Outcome(r.position, "sent") for r in rows if r.match.lower() not in ids]
        present = [row for row in rows if row.match.lower() in ids]
        if self._list:
            return gone + (yield from self._off_the_list(present, ids))
        outcomes = gone
        for row in present:
            key = ids[row.match.lower()]
            emptied = self._profiles.emptied(key)
            outcomes += yield from self._one(row, "PATCH", f"profiles/{key}", emptied)
        return outcomes

    def _off_the_list(self, present: Sequence[Row], ids: Mapping[str, str]) -> Exchanged:
        if not present:
            return []
        members = listed([ids[row.match.lower()] for row in present])
        path = f"lists/{self._list}/relationships/profiles"
        response = yield self._request("DELETE", path, members)
        if not response.is_success:
            raise refusal(response)
        is_done = response.status_code == 204
        return [Outcome(row.position, "sent") for row in present] if is_done else []

    def _one(self, row: Row, method: str, path: str, body: Mapping[str, object]) -> Exchanged:
        response = yield self._request(method, path, body)
        if response.is_success:
            is_told = bool(named(content(response), "data").get("id"))
            return [Outcome(row.position, "sent")] if is_told else []
        if response.status_code == 404 and method == "PATCH":
            return [Outcome(row.position, "sent")]
        refused = refusal(response)
        return [Outcome(row.position, "rejected", refused.code, refused.message)]

    def _errors(
        self, ticket: str
    ) -> Generator[httpx.Request, httpx.Response, list[dict[str, object]]]:
        errors: list[dict[str, object]] = []
        url = f"{self._url}/api/profile-bulk-import-jobs/{ticket}/import-errors"
        # Only ever to the same address: the key travels along.
        while url.startswith(f"{self._url}/"):
            response = yield httpx.Request("GET", url, headers=_headers())
            answer = content(response)
            errors += entries(answer)
            url = str(named(answer, "links").get("next") or "") if response.is_success else ""
        return errors

    def _request(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> httpx.Request:
        return httpx.Request(method, f"{self._url}/api/{path}", headers=_headers(), json=body)


def _headers() -> dict[str, str]:
    return {"revision": REVISION, "Content-Type": JSON_API, "Accept": JSON_API}
