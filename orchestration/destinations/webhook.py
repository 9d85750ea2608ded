"""A company's own endpoint: signed batches of JSON, with a key that makes a repeat harmless."""

import hmac
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as quoted

import httpx

from orchestration.activation.declaration import Sync
from orchestration.destinations.protocol import (
    Batch,
    BatchRefused,
    Exchange,
    Offer,
    Outcome,
    Row,
    Steps,
    account,
    sent,
)
from orchestration.warehouse import Home

OFFER = Offer(
    modes=("upsert", "mirror", "audience", "append"),
    leave=("remove",),
    batch=1000,
    variables=("WEBHOOK_URL", "WEBHOOK_SECRET"),
)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "Webhook | None":
    """Needs WEBHOOK_URL and WEBHOOK_SECRET."""
    url, secret = environment.get("WEBHOOK_URL"), environment.get("WEBHOOK_SECRET")
    return Webhook(url, secret, sync.name) if url and secret else None


class Webhook:
    """Posts `[{"operation", "id", "fields"}, …]`; a removal has no fields.

    `X-Kith-Sync` is the name of the sync, `X-Kith-Signature` is `sha256=` and the HMAC of the
    body. A 2xx takes the whole batch, unless its JSON body lists what it does not take:
    `{"errors": [{"id", "code", "message"}]}`.
    """

    def __init__(self, url: str, secret: str, sync: str) -> None:
        self._url = httpx.URL(url)
        self._secret = secret.encode()
        self._sync = sync
        self.account = account(url, secret)
        self.auth = None

    def prepare(self, types: Mapping[str, str]) -> Exchange:
        """Nothing to prepare."""
        yield from ()

    def deliver(self, batch: Batch) -> Steps:
        """One request per batch; `Idempotency-Key` is the run and the batch."""
        body = _rendered(batch.rows).encode()
        signature = hmac.digest(self._secret, body, "sha256").hex()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": batch.key,
            "X-Kith-Sync": self._sync,
            "X-Kith-Signature": f"sha256={signature}",
        }
        response = yield httpx.Request("POST", self._url, content=body, headers=headers)
        if not response.is_success:
            raise BatchRefused(str(response.status_code), response.text)
        errors = _errors(response)
        if not errors:
            return [sent(row.position) for row in batch.rows]
        return [_outcome(row, errors.get(row.match)) for row in batch.rows]

    def throttled(self, response: httpx.Response) -> bool:
        """By 429 only."""
        return False


def _rendered(rows: tuple[Row, ...]) -> str:
    # One expression for all: a call for each row takes as long as what it does.
    rendered = [
        f'{{"operation":"{row.operation}","id":{quoted(row.match)}'
        + (f',"fields":{row.fields}}}' if row.fields else "}")
        for row in rows
    ]
    return f"[{','.join(rendered)}]"


def _errors(response: httpx.Response) -> dict[str, dict[str, object]]:
    try:
        content = response.json()
    except ValueError:
        return {}
    errors = content.get("errors") if isinstance(content, dict) else None
    if not isinstance(errors, list):
        return {}
    return {str(error.get("id")): error for error in errors if isinstance(error, dict)}


def _outcome(row: Row, error: dict[str, object] | None) -> Outcome:
    if error is None:
        return sent(row.position)
    code, message = str(error.get("code", "rejected")), str(error.get("message", ""))
    return Outcome(row.position, "rejected", code, message)
