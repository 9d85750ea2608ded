"""What vendors tell by webhook, as messages of Segment's specification: a `track` per event."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orchestration.collector.json_text import encoded
from orchestration.collector.keys import Webhook
from orchestration.collector.limits import Refused

# The word by which the identity room knows nobody, see `seeds/blocked_values.csv`.
NOBODY = "anonymous"
_Payload = dict[str, Any]
_Headers = Mapping[str, str]


@dataclass(frozen=True)
class _Event:
    """An event of a vendor; `id` is the same each time that it is delivered."""

    id: str
    name: object
    occurred_at: str | None
    payload: _Payload


def messages(webhook: Webhook, content: object, headers: _Headers) -> list[dict[str, Any]]:
    """One message per event, payloads whole.

    Raises Refused if it is not the vendor's shape, ValueError if it is nested too deeply.
    """
    events = content if isinstance(content, list) and webhook.kind == "hubspot" else [content]
    if not events or not all(isinstance(event, dict) for event in events):
        raise Refused(400, "shape", "An event must be a JSON object.")
    return [_message(webhook, _READ[webhook.kind](event, headers)) for event in events]


def _message(webhook: Webhook, event: _Event) -> dict[str, Any]:
    user_id = _named(event.payload, webhook.user_id)
    anonymous_id = _named(event.payload, webhook.anonymous_id)
    if not user_id and not anonymous_id:
        anonymous_id = NOBODY
    return {
        "messageId": f"{webhook.kind}:{event.id}",
        "type": "track",
        "event": event.name if isinstance(event.name, str) and event.name else webhook.kind,
        "userId": user_id,
        "anonymousId": anonymous_id,
        "channel": "server",
        "timestamp": event.occurred_at,
        "properties": event.payload,
    }


def _of_stripe(payload: _Payload, _headers: _Headers) -> _Event:
    name, created = payload.get("type"), payload.get("created")
    return _Event(_id(payload.get("id"), payload), name, _time(created, 1), payload)


def _of_shopify(payload: _Payload, headers: _Headers) -> _Event:
    """What happened, when and under which id is in headers; the payload is the thing itself."""
    name = headers.get("x-shopify-topic")
    occurred_at = headers.get("x-shopify-triggered-at")
    return _Event(_id(headers.get("x-shopify-webhook-id"), payload), name, occurred_at, payload)


def _of_hubspot(payload: _Payload, _headers: _Headers) -> _Event:
    """HubSpot does not promise that `eventId` is unique: the rest of the event counts too."""
    again = {name: value for name, value in payload.items() if name != "attemptNumber"}
    event_id = f"{payload.get('eventId', '')}:{_digest(again)}"
    name, occurred_at = payload.get("subscriptionType"), payload.get("occurredAt")
    return _Event(event_id, name, _time(occurred_at, 1000), payload)


_READ: Mapping[str, Callable[[_Payload, _Headers], _Event]] = {
    "hubspot": _of_hubspot,
    "shopify": _of_shopify,
    "stripe": _of_stripe,
}


def _id(given: object, payload: _Payload) -> str:
    """The vendor's id, or else the payload's own fingerprint."""
    return given if isinstance(given, str) and given else _digest(payload)


def _digest(payload: _Payload) -> str:
    return hashlib.sha256(encoded(payload, is_sorted=True)).hexdigest()[:32]


def _time(given: object, a_second: int) -> str | None:
    """A time as messages have it: text as it is, numbers counted from 1970."""
    if isinstance(given, str):
        return given
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    try:
        moment = datetime.fromtimestamp(given / a_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _named(payload: _Payload, path: str | None) -> str | None:
    """The text or whole number at a dotted path such as `data.object.customer`, else None."""
    found: object = payload
    for name in path.split(".") if path else ():
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found)
