"""The spool: one writer, group commit, and files that move to the landing folder when sealed."""

import asyncio
import fcntl
import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from orchestration.collector.keys import CollectorError, SealAfter
from orchestration.collector.limits import Limits, Refused
from orchestration.collector.metrics import Metrics
from orchestration.collector.segment import Segment, leftovers, seal

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 1.0
_Waiting = tuple[bytes, "asyncio.Future[None]"]


class Spool:
    """Lines from any number of requests, each acknowledged when it is on disk.

    `open` before and `close` after use; `append` belongs to the event loop that called `open`.
    """

    def __init__(
        self, folder: Path, landing: Path, seal_after: SealAfter, limits: Limits, metrics: Metrics
    ) -> None:
        self._folder = folder
        self._landing = landing
        self._seal_after = seal_after
        self._limits = limits
        self._metrics = metrics
        self._changed = threading.Condition()
        self._waiting: list[_Waiting] = []
        self._backlog = 0
        self._is_closing = False
        self._segment: Segment | None = None
        self._has_leftovers = False
        # A second Ctrl-C ends the process without `close`; the next start seals what is left.
        self._thread = threading.Thread(target=self._write_until_closed, name="spool", daemon=True)
        self._lock = -1

    def lock(self) -> None:
        """Take the spool and seal what a killed process left; raises CollectorError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._landing.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self._folder.stat().st_dev != self._landing.stat().st_dev:
                raise CollectorError(
                    f"{self._folder} and {self._landing} must be on one file system."
                )
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, str(os.getpid()).encode(), 0)
            for path in leftovers(self._folder):
                self._sealed(path)
        except BlockingIOError:
            holder = os.pread(self._lock, 20, 0).decode(errors="replace")
            os.close(self._lock)
            raise CollectorError(
                f"Another collector (process {holder}) writes to {self._folder}: stop it first."
            ) from None
        except OSError as trouble:
            raise CollectorError(f"{self._folder} cannot be used: {trouble.strerror}.") from None

    def open(self) -> None:
        """Start the writer for the running event loop; the spool must be locked."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def append(self, lines: bytes) -> None:
        """Return when the lines are on disk; raises Refused (503) if they cannot be."""
        done: asyncio.Future[None] = self._loop.create_future()
        with self._changed:
            if self._is_closing or self._backlog + len(lines) > self._limits.backlog_bytes:
                raise unwritable("backlog")
            self._waiting.append((lines, done))
            self._backlog += len(lines)
            self._changed.notify()
        await done

    def close(self) -> None:
        """Write what waits, seal the open file, let go of the spool."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()
        os.close(self._lock)

    def _write_until_closed(self) -> None:
        waiting: list[_Waiting] = []
        try:
            while True:
                with self._changed:
                    if not self._waiting and not self._is_closing:
                        self._changed.wait(self._patience())
                    waiting, self._waiting, self._backlog = self._waiting, [], 0
                    is_last = self._is_closing and not waiting
                if waiting:
                    self._answer(waiting, is_written=self._commit(waiting))
                self._tidy(is_last=is_last)
                if is_last:
                    return
        finally:
            with self._changed:
                self._is_closing = True
            self._metrics.is_writable = False
            self._answer([*waiting, *self._waiting], is_written=False)

    def _patience(self) -> float | None:
        """Seconds until something is due without a request; None if nothing is."""
        if self._has_leftovers:
            return _RETRY_SECONDS
        if self._segment is None:
            return None
        return max(0.0, self._segment.born + self._seal_after.seconds - time.monotonic())

    def _commit(self, waiting: list[_Waiting]) -> bool:
        lines = b"".join(lines for lines, _ in waiting)
        started = time.monotonic()
        try:
            if self._segment is None:
                self._segment = Segment(self._folder)
            self._segment.commit(lines)
        except OSError as trouble:
            self._failed(trouble)
            return False
        self._metrics.commits += 1
        self._metrics.commit_seconds += time.monotonic() - started
        self._metrics.bytes += len(lines)
        if not self._metrics.is_writable:
            _log.warning("the spool can be written again")
        self._metrics.is_writable = True
        return True

    def _failed(self, trouble: OSError) -> None:
        """After a failed sync the kernel may forget what it could not write: use a new file."""
        if self._metrics.is_writable:
            _log.error("the spool cannot be written: %s; answering 503", trouble.strerror)
        self._metrics.failed_commits += 1
        self._metrics.is_writable = False
        self._has_leftovers = True
        if self._segment is not None:
            with suppress(OSError):
                self._segment.close()
            self._segment = None

    def _tidy(self, *, is_last: bool) -> None:
        """Seal the open file if it is due, and what could not be sealed before."""
        segment = self._segment
        if segment is not None and (
            is_last
            or segment.durable >= self._seal_after.megabytes * 1_000_000
            or time.monotonic() - segment.born >= self._seal_after.seconds
        ):
            segment.close()
            self._segment = None
            self._has_leftovers = True
        if self._has_leftovers:
            current = self._segment.path if self._segment else None
            paths = [path for path in leftovers(self._folder) if path != current]
            self._has_leftovers = not all([self._sealed(path) for path in paths])

    def _sealed(self, path: Path) -> bool:
        try:
            self._metrics.sealed += seal(path, self._landing)
        except OSError as trouble:
            _log.error("%s cannot be sealed yet: %s", path.name, trouble.strerror)
            self._has_leftovers = True
            return False
        return True

    def _answer(self, waiting: list[_Waiting], *, is_written: bool) -> None:
        with suppress(RuntimeError):  # a loop that was closed has nobody left to answer
            self._loop.call_soon_threadsafe(_resolve, [done for _, done in waiting], is_written)


def unwritable(reason: str) -> Refused:
    """The answer while events cannot be stored."""
    return Refused(503, reason, "Events cannot be stored now.", retry_after=5)


def _resolve(futures: list["asyncio.Future[None]"], is_written: bool) -> None:
    for future in futures:
        if future.done():
            continue
        if is_written:
            future.set_result(None)
        else:
            future.set_exception(unwritable("disk"))
