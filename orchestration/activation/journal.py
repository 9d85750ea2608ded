"""The journal of one delivery: an append-only file that survives a kill at any point."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import orjson

from orchestration.destinations.protocol import Outcome

GROUP_LINES = 16
GROUP_SECONDS = 1.0


class Journal:
    """One JSON line per batch answered for, in the file at the latest a group later.

    A group is on disk before the next one is in the file; a ticket is on disk at once.

    Rows that a line does not mention were sent, so that success costs a line per batch. A line:
    `{batch, requests, rejected: [{position, code, message}], in_doubt: [position], unsent: […],
    pending: [{position, ticket}], known_as: [{position, remote_id}]}`.
    """

    def __init__(self, path: Path) -> None:
        self.is_resumed = path.exists()
        self.answered = _answered(path)
        self._file = path.open("ab")
        self._pending: list[bytes] = []
        # The disk takes its time, in which requests can be answered.
        self._disk = ThreadPoolExecutor(max_workers=1)
        self._last_group: Future[None] | None = None
        self._written_at = time.monotonic()
        if not self.is_resumed:
            sync_to_disk(path.parent)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._flush()
        self._await_disk()
        self._disk.shutdown()
        self._file.close()

    def record(self, batch: int, requests: int, outcomes: Sequence[Outcome]) -> None:
        """Answers for one batch; a batch number below zero is work that belongs to none."""
        line = {
            "batch": batch,
            "requests": requests,
            "rejected": [
                {"position": row.position, "code": row.code, "message": row.message}
                for row in outcomes
                if row.status == "rejected"
            ],
            "in_doubt": [row.position for row in outcomes if row.status == "in_doubt"],
            "unsent": [row.position for row in outcomes if row.status == "unsent"],
            "pending": [
                {"position": row.position, "ticket": row.ticket}
                for row in outcomes
                if row.status == "pending"
            ],
            "known_as": [
                {"position": row.position, "remote_id": row.remote_id}
                for row in outcomes
                if row.status == "sent" and row.remote_id
            ],
        }
        self._pending.append(orjson.dumps(line) + b"\n")
        waited = time.monotonic() - self._written_at
        # A ticket that is lost is a job that nobody asks about.
        has_tickets = bool(line["pending"])
        if has_tickets or len(self._pending) >= GROUP_LINES or waited >= GROUP_SECONDS:
            self._flush()
        if has_tickets:
            self._await_disk()

    def _flush(self) -> None:
        self._await_disk()
        self._file.write(b"".join(self._pending))
        self._file.flush()
        self._last_group = self._disk.submit(os.fsync, self._file.fileno())
        self._pending.clear()
        self._written_at = time.monotonic()

    def _await_disk(self) -> None:
        if self._last_group:
            self._last_group.result()


def sync_to_disk(path: Path) -> None:
    """Waits until a file, or a folder's list of files, is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _answered(path: Path) -> set[int]:
    if not path.exists():
        return set()
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        # A line torn by a crash: cut off, or the next line would continue it.
        os.truncate(path, len(whole))
    return {orjson.loads(line)["batch"] for line in whole.splitlines()}
