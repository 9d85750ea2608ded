"""Messages of a request as lines of the spool: as they came, and what the server knows of them.

Whether a message can be an event is decided by the load, which quarantines it with the reason.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from orchestration.collector.address import AddressRule, kept_address
from orchestration.collector.limits import Refused

# The paths of the API, and the letters that Segment's browser library uses for them.
KINDS = {
    "identify": "identify", "track": "track", "page": "page", "screen": "screen",
    "group": "group", "alias": "alias", "batch": "batch", "import": "batch",
    "i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias",
    "b": "batch",
}  # fmt: skip
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True)
class Origin:
    """What the server knows about a request: whose key, from where, when, with which signal.

    `address` is what may be kept of the connection's; `address_rule` holds for those in messages.
    """

    source: str
    address: str | None
    address_rule: AddressRule
    received_at: str
    has_privacy_signal: bool


def now() -> str:
    """The time in UTC as messages have it, in milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def lines(kind: str, content: dict[str, Any], origin: Origin, most: int) -> list[bytes]:
    """One line per message, each of at most `most` bytes as it came; else raises Refused."""
    if kind != "batch":
        content["type"] = kind
        return [_line(content, None, origin, most)]
    messages = content.get("batch")
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "batch", "`batch` must be a list of messages.")
    return [_line(message, content.get("sentAt"), origin, most) for message in messages]


def _line(message: object, sent_at: object, origin: Origin, most: int) -> bytes:
    if not isinstance(message, dict) or not isinstance(message.get("context"), dict | None):
        raise Refused(400, "shape", "A message and its context must be JSON objects.")
    stored = {**message, "receivedAt": origin.received_at, "context": _known(message, origin)}
    stored.pop("writeKey", None)
    if not stored.get("messageId"):
        stored["messageId"] = str(uuid.uuid4())
    if stored.get("sentAt") is None and sent_at is not None:
        stored["sentAt"] = sent_at
    line = _encoded(stored) + b"\n"
    # Encoding takes longest: the message as it came is measured only where it can matter.
    if len(line) > most and len(_encoded(message)) > most:
        raise Refused(413, "message_size", f"A message may have {most // 1024} KB.")
    if b"\\u0000" in line and _NUL.search(line):
        raise Refused(400, "nul", "Text may not contain U+0000.")
    return line


def _known(message: dict[str, Any], origin: Origin) -> dict[str, Any]:
    """The context with the sender's address, as far as it is kept, and with our own part."""
    ours: dict[str, Any] = {"source": origin.source}
    if origin.has_privacy_signal:
        ours["globalPrivacyControl"] = True
    context = {**(message.get("context") or {}), "collector": ours}
    said = context.pop("ip", None)
    address = kept_address(said, origin.address_rule) if said else origin.address
    if address:
        context["ip"] = address
    return context


def _encoded(message: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(message)
    except orjson.JSONEncodeError:
        raise Refused(400, "depth", "A message is nested too deeply.") from None
