"""A file of the spool: appended to, committed, and at last sealed into the landing folder."""

import os
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

OPEN = ".open"
_BLOCK = 64 * 1024


class Segment:
    """A file that is being written; its first `durable` bytes are on disk."""

    def __init__(self, spool: Path) -> None:
        """Creates the file and makes its name durable; raises OSError."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        self.path = spool / f"{moment}-{uuid.uuid4().hex[:12]}{OPEN}"
        self.durable = 0
        self.born = time.monotonic()
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(self.path, flags, 0o600)
        try:
            sync_folder(spool)
        except OSError:
            self.close()
            raise

    def commit(self, lines: bytes) -> None:
        """Append and wait for the disk; on OSError nothing of it stays, and it is raised."""
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fdatasync(self._descriptor)
        except OSError:
            # What stays all the same was never acknowledged, and its messageId tells it apart.
            with suppress(OSError):
                os.ftruncate(self._descriptor, self.durable)
            raise
        self.durable += len(lines)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def seal(path: Path, landing: Path) -> bool:
    """Cut a torn last line and move the file to `landing`; False if it was empty and is gone.

    Raises OSError; can be called again after that, or after a crash at any point.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        whole = _end_of_last_line(descriptor)
        if whole < os.fstat(descriptor).st_size:
            os.ftruncate(descriptor, whole)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if whole:
        path.rename(landing / f"{path.name.removesuffix(OPEN)}.ndjson")
        sync_folder(landing)
    else:
        path.unlink()
    sync_folder(path.parent)
    return whole > 0


def leftovers(spool: Path) -> list[Path]:
    """Files of the spool that are not sealed, oldest first."""
    return sorted(spool.glob(f"*{OPEN}"))


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _end_of_last_line(descriptor: int) -> int:
    """Bytes up to and with the last line end, 0 if there is none; reads from behind."""
    end = os.fstat(descriptor).st_size
    while end:
        start = max(0, end - _BLOCK)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
