"""What the vendors' APIs have in common: credentials, replies that can be trusted, records."""

import json
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from dlt.common import jsonpath
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import Request, Response
from requests.auth import AuthBase
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import RequestException, Timeout

# Changes become visible to a vendor's queries with some delay, so each run looks back a little.
OVERLAP = timedelta(minutes=5)

COLUMNS = {
    "record_id": {"data_type": "text"},
    "updated_at": {"data_type": "text"},
    "is_deleted": {"data_type": "bool"},
    "record": {"data_type": "text"},
}

Row = dict[str, Any]


class VendorError(Exception):
    """A vendor could not be read; the text names vendor, request and cause, and no secret.

    `concerns_all`: it would fail for every table alike.
    """

    concerns_all = False


class SilentError(VendorError):
    """A vendor could not be reached, or gave an answer that is none."""

    concerns_all = True


class RefusedError(VendorError):
    """A vendor refused a request; `words` is what it said, which may hold personal data."""

    def __init__(self, text: str, response: Response) -> None:
        super().__init__(text)
        self.status = response.status_code
        self.words = response.text
        self.concerns_all = self.status in (401, 429) or self.status >= 500


class Api:
    """One vendor's JSON API: throttling and server errors are retried, nonsense is refused."""

    def __init__(
        self,
        vendor: str,
        url: str,
        auth: AuthBase | None = None,
        headers: Mapping[str, str] | None = None,
        is_throttled: Callable[[Response | None, BaseException | None], bool] | None = None,
    ) -> None:
        client = Client(raise_for_status=False, retry_condition=is_throttled)
        client.configure()
        self._vendor = vendor
        self._url = url.rstrip("/")
        self._auth = auth
        self._headers = dict(headers or {})
        self._session = client.session
        self._client = RESTClient(
            base_url=url, headers=self._headers, auth=auth, session=client.session
        )

    def ask(self, method: str, path: str, expected: str, **content: object) -> dict[str, Any]:
        """The reply to a request, an object that has the field `expected`; else VendorError."""
        asked = _asked(method, path)
        try:
            reply = self.answer(method, path, **content).json()
        except RequestException as failure:
            raise self._silence(asked, failure) from None
        if not isinstance(reply, dict) or expected not in reply:
            raise VendorError(f"{self._vendor} answered {asked} without {expected!r}")
        return reply

    def answer(self, method: str, path: str, **content: object) -> Response:
        """Whatever a request is answered with, if it is no refusal; else VendorError."""
        asked = _asked(method, path)
        try:
            response: Response = self._client.request(path, method, **content)
        except RequestException as failure:
            raise self._silence(asked, failure) from None
        if not response.ok:
            raise RefusedError(
                f"{self._vendor} answered {response.status_code} to {asked}", response
            )
        return response

    def pages(
        self,
        request: Request,
        records: str,
        paginator: BasePaginator,
        empty: Container[int] = (),
        none: str = "",
    ) -> Iterator[dict[str, Any]]:
        """Records of all pages of a request to a path; `records` is where a reply has them.

        A status in `empty` says that there are none, and so does a reply that has the field `none`
        and no records. Raises VendorError for any other refusal, for a reply without records, a
        next page that is the page just read or is somewhere else.
        """
        path = str(request.url)
        asked = f"{request.method} {path.partition('?')[0]}"
        request.url = self._url + path
        request.headers = {**self._headers, **request.headers}
        request.auth = self._auth
        paginator.init_request(request)
        while True:
            response = self._sent(request, asked)
            if response.status_code in empty:
                return
            listed = self._listed(response, records, none, asked)
            yield from listed
            before = _identity(request)
            paginator.update_state(response, listed)
            if not paginator.has_next_page:
                return
            paginator.update_request(request)
            if _identity(request) == before:
                raise VendorError(f"{self._vendor} told the same page of {asked} to come next")
            # The credentials travel along.
            if urlsplit(str(request.url))[:2] != urlsplit(self._url)[:2]:
                raise VendorError(f"{self._vendor} told a page of {asked} at another address")

    def _silence(self, asked: str, failure: RequestException) -> SilentError:
        who = f"{self._vendor} at {self._url}"
        if isinstance(failure, Timeout):
            return SilentError(f"{who} did not answer {asked} in time")
        if isinstance(failure, NoConnection):
            why = "the name is unknown, or the connection was refused or broke"
            return SilentError(f"{who} cannot be reached for {asked}: {why}")
        return SilentError(f"{who} gave no usable answer to {asked}: {type(failure).__name__}")

    def _sent(self, request: Request, asked: str) -> Response:
        try:
            response: Response = self._session.send(self._session.prepare_request(request))
            return response
        except RequestException as failure:
            raise self._silence(asked, failure) from None

    def _listed(
        self, response: Response, records: str, none: str, asked: str
    ) -> list[dict[str, Any]]:
        if not response.ok:
            raise RefusedError(
                f"{self._vendor} answered {response.status_code} to {asked}", response
            )
        try:
            reply = response.json()
        except RequestException:
            raise VendorError(f"{self._vendor} answered {asked} with no JSON") from None
        found = jsonpath.find_values(records, reply) if records else [reply]
        if not found and none and none in reply:
            return []
        if not found or not isinstance(found[0], list):
            raise VendorError(f"{self._vendor} answered {asked} without {records!r}")
        return [each for each in found[0] if isinstance(each, dict)]


def _asked(method: str, path: str) -> str:
    return f"{method} {path.partition('?')[0]}"


def _identity(request: Request) -> tuple[str, str, str]:
    return str(request.url), str(request.params), str(request.json)


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
        paused = state.get("paused")
        if paused is None or paused["wanted"] != self._wanted:
            paused = {"started": datetime.now(UTC).isoformat(), "latest": None, "position": {}}
        self._started = datetime.fromisoformat(paused["started"])
        self._latest: str | None = paused["latest"]
        self.position: dict[str, Any] = paused["position"]
        self.is_paused = False

    @property
    def has_seen(self) -> bool:
        """Whether anything was told."""
        return self._latest is not None

    @property
    def started(self) -> datetime:
        """When the reading began, in UTC."""
        return self._started

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

    def pause(self, **position: object) -> None:
        """What was read so far shall land; the reading goes on from `position` in the next run."""
        self.is_paused = True
        self._state["paused"] = {
            "started": self._started.isoformat(),
            "latest": self._latest,
            "position": position,
            "wanted": self._wanted,
        }

    def advance(self, until: datetime | None = None) -> None:
        """The table was read to its end: up to a moment, or its latest change till it began."""
        self._state.pop("paused", None)
        if until is not None:
            self._state.update(until=until.isoformat(), wanted=self._wanted)
            return
        # A record may have changed after its page was read: nothing later than the start is sure.
        if self._latest is not None:
            until = min(datetime.fromisoformat(self._latest), self._started)
            if self.since is not None:
                until = max(until, self.since + OVERLAP)
            self._state.update(until=until.isoformat(), wanted=self._wanted)
