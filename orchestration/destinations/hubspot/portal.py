"""One HubSpot portal: its requests, and records found by any of their values."""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from orchestration.activation.declaration import Sync
from orchestration.destinations.authorization import Headers
from orchestration.destinations.hubspot.answers import (
    OTHER_ADDRESSES,
    content,
    ids,
    missing,
    refusal,
)
from orchestration.destinations.protocol import Outcome, Row, account


@dataclass(frozen=True)
class Found:
    """Rows whose record is there, with its id, and rows whose record certainly is not.

    A row that is neither could not be looked up.
    """

    present: Sequence[tuple[Row, str]]
    absent: Sequence[Row]

    def done(self) -> list[Outcome]:
        """What a removal makes of the absent ones: there is nothing to take back."""
        return [Outcome(row.position, "sent") for row in self.absent]


class Portal:
    """The records that a sync is about: of one kind, called by their property `match`."""

    def __init__(self, url: str, token: str, sync: Sync) -> None:
        self._url = url.rstrip("/")
        self._match = sync.match or "email"
        self._kind = sync.object or "contacts"
        self.account = account(url, token)
        self.auth = Headers({"Authorization": f"Bearer {token}"})

    def throttled(self, response: httpx.Response) -> bool:
        """By 429 only."""
        return False

    def _find(self, rows: Sequence[Row]) -> Generator[httpx.Request, httpx.Response, Found]:
        others = [OTHER_ADDRESSES] if self._match == "email" else []
        lookup = {
            "idProperty": self._match,
            "properties": [self._match, *others],
            "propertiesWithHistory": [],
            "inputs": [{"id": row.match} for row in rows],
        }
        answer = yield from self._batch("read", lookup)
        known, gone = ids(answer, self._match), missing(answer)
        return Found(
            [(row, known[row.match.lower()]) for row in rows if row.match.lower() in known],
            [row for row in rows if row.match in gone],
        )

    def _batch(
        self, action: str, body: dict[str, Any]
    ) -> Generator[httpx.Request, httpx.Response, dict[str, Any]]:
        response = yield self._request("POST", f"objects/{self._kind}/batch/{action}", body)
        if not response.is_success:
            raise refusal(response)
        return content(response)

    def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Request:
        return httpx.Request(method, f"{self._url}/crm/v3/{path}", json=body)


def by_id(found: Iterable[tuple[Row, str]]) -> list[str]:
    """The ids of found records, each once: two rows can name one record."""
    return list(dict.fromkeys(key for _, key in found))
