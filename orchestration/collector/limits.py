"""What the collector takes at most, and how it says no."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds; message and request are those of Segment's API."""

    message_bytes: int = 32 * 1024
    request_bytes: int = 500 * 1024
    head_bytes: int = 64 * 1024
    head_seconds: float = 10
    body_seconds: float = 20
    connections: int = 1000
    backlog_bytes: int = 64 * 1024 * 1024


class Refused(Exception):
    """An answer other than 200; `reason` is a word for the metrics, `text` is for the sender."""

    def __init__(
        self, status: int, reason: str, text: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason
        self.text = text
        self.retry_after = retry_after
