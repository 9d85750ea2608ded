"""Messages of a request as lines of the spool: as they came, and what the server knows of them.

Whether a message can be an event is decided by the load, which quarantines it with the reason.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from orchestration.collector.address import AddressRule, kept_address
from orchestration.collector.json_text import encoded_each
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
    has_privacy_signal: bool = False
    webhook: str | None = None

    @cached_property
    def collector(self) -> dict[str, Any]:
        """What messages say of it in `context.collector`."""
        said: dict[str, Any] = {"source": self.source}
        if self.webhook:
            said["webhook"] = self.webhook
        if self.has_privacy_signal:
            said["globalPrivacyControl"] = True
        return said


def now() -> str:
    """The time in UTC as messages have it, in milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def lines(kind: str, content: dict[str, Any], origin: Origin, most: int) -> bytes:
    """One line per message, each of at most `most` bytes as it came; else raises Refused."""
    if kind != "batch":
        content["type"] = kind
        return _lines([content], None, origin, most)
    messages = content.get("batch")
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "batch", "`batch` must be a list of at least one message.")
    return _lines(messages, content.get("sentAt"), origin, most)


def _lines(messages: list[object], sent_at: object, origin: Origin, most: int) -> bytes:
    stored = [_stored(message, sent_at, origin) for message in messages]
    made = _encoded(stored)
    # Encoding takes long: messages as they came are measured only where it can matter.
    if max(map(len, made)) > most:
        came = _encoded(
            [message for message, line in zip(messages, made, strict=True) if len(line) > most]
        )
        if max(map(len, came)) > most:
            raise Refused(413, "message_size", f"A message may have {most // 1024} KB.")
    text = b"\n".join([*made, b""])
    if b"\\u0000" in text and _NUL.search(text):
        raise Refused(400, "nul", "Text may not contain U+0000.")
    return text


def _stored(message: object, sent_at: object, origin: Origin) -> object:
    """A message with what the server knows of it; what is none is kept for the load to refuse."""
    if not isinstance(message, dict):
        return message
    stored = {**message, "receivedAt": origin.received_at}
    context = message.get("context")
    if context is None or isinstance(context, dict):
        stored["context"] = _known(context or {}, origin)
    stored.pop("writeKey", None)
    if not stored.get("messageId"):
        stored["messageId"] = str(uuid.uuid4())
    if sent_at is not None and stored.get("sentAt") is None:
        stored["sentAt"] = sent_at
    return stored


def _known(context: dict[str, Any], origin: Origin) -> dict[str, Any]:
    """The context with the sender's address, as far as it is kept, and with our own part."""
    known = {**context, "collector": origin.collector}
    address = origin.address
    if "ip" in known and (said := known.pop("ip")):
        address = kept_address(said, origin.address_rule)
    if address:
        known["ip"] = address
    return known


def _encoded(messages: list[Any]) -> list[bytes]:
    try:
        return encoded_each(messages)
    except ValueError:
        raise Refused(400, "depth", "A message is nested too deeply.") from None
