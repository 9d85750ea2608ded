"""What the vendors' APIs have in common: credentials, replies that can be trusted, records."""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client import RESTClient
from requests.auth import AuthBase
from requests.exceptions import RequestException

# Changes become visible to a vendor's queries with some delay, so each run looks back a little.
OVERLAP = timedelta(minutes=5)

COLUMNS = {
    "record_id": {"data_type": "text"},
    "updated_at": {"data_type": "text"},
    "is_deleted": {"data_type": "bool"},
    "record": {"data_type": "text"},
}

CREDENTIALS = {
    "hubspot": ("HUBSPOT_TOKEN",),
    "salesforce": ("SALESFORCE_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"),
}

Row = dict[str, Any]


class VendorError(Exception):
    """A vendor could not be read; the text names vendor, request and cause, and no secret."""


def has_credentials(kind: str) -> bool:
    """Whether the environment holds everything that this kind of vendor asks for."""
    return all(os.environ.get(name) for name in CREDENTIALS[kind])


class Api:
    """One vendor's JSON API: throttling and server errors are retried, nonsense is refused."""

    def __init__(self, vendor: str, url: str, auth: AuthBase | None = None) -> None:
        client = Client(raise_for_status=False)
        client.configure()
        self._vendor = vendor
        self._client = RESTClient(base_url=url, auth=auth, session=client.session)

    def ask(self, method: str, path: str, expected: str, **content: object) -> dict[str, Any]:
        """The reply to a request, an object that has the field `expected`; else VendorError."""
        asked = f"{method} {path.partition('?')[0]}"
        try:
            response = self._client.request(path, method, **content)
            if not response.ok:
                raise VendorError(f"{self._vendor} answered {response.status_code} to {asked}")
            reply = response.json()
        except RequestException as failure:
            cause = type(failure).__name__
            raise VendorError(f"{self._vendor} gave no usable answer to {asked}: {cause}") from None
        if not isinstance(reply, dict) or expected not in reply:
            raise VendorError(f"{self._vendor} answered {asked} without {expected!r}")
        return reply


def row(record: Mapping[str, Any], record_id: str, updated_at: str, *, is_deleted: bool) -> Row:
    """A record as it lands: its text is canonical, so that equal records are equal texts."""
    return {
        "record_id": record_id,
        "updated_at": updated_at,
        "is_deleted": is_deleted,
        "record": json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")),
    }


class Cursor:
    """How far a table has been read; kept in dlt's state, which is stored with the files."""

    def __init__(self, state: dict[str, Any], wanted: object) -> None:
        """Reading starts anew when other fields are `wanted` than last time."""
        self._state = state
        self._wanted = json.dumps(wanted)
        self._started = datetime.now(UTC)
        self._latest: str | None = None

    @property
    def since(self) -> datetime | None:
        """Read changes from here on; None is everything."""
        until = self._state.get("until") if self._state.get("wanted") == self._wanted else None
        return None if until is None else datetime.fromisoformat(until) - OVERLAP

    def saw(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Pass rows on and remember the latest change among them."""
        for each in rows:
            self._latest = max(self._latest or "", each["updated_at"])
            yield each

    def advance(self) -> None:
        """The table has been read to its end, up to its latest change or the start of reading."""
        # A record may have changed after its page was read: nothing later than the start is sure.
        if self._latest is not None:
            until = min(datetime.fromisoformat(self._latest), self._started)
            self._state.update(until=until.isoformat(), wanted=self._wanted)
