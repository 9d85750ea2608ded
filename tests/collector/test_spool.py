"""The spool: acknowledged means on disk, whatever the disk does meanwhile."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.collector.keys import CollectorError, SealAfter
from orchestration.collector.limits import Limits
from orchestration.collector.metrics import Metrics
from orchestration.collector.spool import Spool
from tests.collector.room import NEVER, landed, serving, unsealed, until


def test_nothing_is_acknowledged_before_the_disk_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_synced, may_sync = threading.Event(), threading.Event()

    def slow_sync(descriptor: int) -> None:
        assert may_sync.wait(20)
        os.fsync(descriptor)
        is_synced.set()

    monkeypatch.setattr(os, "fdatasync", slow_sync)
    answers: list[int] = []
    with serving(tmp_path) as room:
        asking = threading.Thread(target=lambda: answers.append(room.track().status_code))
        asking.start()
        asking.join(0.3)
        assert asking.is_alive()
        may_sync.set()
        asking.join(20)
        assert is_synced.is_set()
    assert answers == [200]


def test_requests_that_arrive_together_share_one_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_sync = threading.Event()
    sync = os.fdatasync

    def slow_sync(descriptor: int) -> None:
        assert may_sync.wait(20)
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", slow_sync)
    with serving(tmp_path) as room:
        asking = [threading.Thread(target=room.track) for _ in range(8)]
        for thread in asking:
            thread.start()
        asking[-1].join(0.5)
        may_sync.set()
        for thread in asking:
            thread.join(20)
        assert room.metrics.commits <= 2
    assert len(landed(tmp_path)) == 8


@pytest.mark.parametrize("call", ["write", "fdatasync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_is_answered_503_and_loses_nothing_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    is_full = threading.Event()
    monkeypatch.setattr(os, call, failing(getattr(os, call), is_full, code))
    with serving(tmp_path) as room:
        assert room.track(messageId="before").status_code == 200
        is_full.set()
        for _ in range(3):
            refused = room.track(messageId="meanwhile")
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
        assert room.client.get("/healthz").status_code == 503
        is_full.clear()
        assert room.track(messageId="after").status_code == 200
        assert room.client.get("/healthz").status_code == 200
        assert len(unsealed(tmp_path)) == 1
    assert [each["messageId"] for each in landed(tmp_path)] == ["before", "after"]


def failing(
    call: Callable[..., int | None], is_full: threading.Event, code: int
) -> Callable[..., int | None]:
    """A system call that writes half and then fails, as long as the event is set."""

    def half(descriptor: int, *content: memoryview) -> int | None:
        if not is_full.is_set():
            return call(descriptor, *content)
        if content and len(content[0]) > 60:
            return call(descriptor, content[0][:50])
        raise OSError(code, os.strerror(code))

    return half


def test_files_that_cannot_be_moved_yet_are_moved_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_full = threading.Event()
    is_full.set()
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if is_full.is_set():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    with serving(tmp_path, seal_after=SealAfter(seconds=0.05)) as room:
        assert room.track(messageId="first").status_code == 200
        until(lambda: len(unsealed(tmp_path)) == 1)
        assert room.track(messageId="second").status_code == 200
        assert landed(tmp_path) == []
        is_full.clear()
        until(lambda: not unsealed(tmp_path))
    assert [each["messageId"] for each in landed(tmp_path)] == ["first", "second"]


def test_a_file_is_handed_over_when_it_is_old_enough(tmp_path: Path) -> None:
    with serving(tmp_path, seal_after=SealAfter(seconds=0.2)) as room:
        room.track(messageId="m")
        until(lambda: not unsealed(tmp_path))
        assert [each["messageId"] for each in landed(tmp_path)] == ["m"]
        room.track(messageId="n")
    assert [each["messageId"] for each in landed(tmp_path)] == ["m", "n"]


def test_a_file_is_handed_over_when_it_is_big_enough(tmp_path: Path) -> None:
    with serving(tmp_path, seal_after=SealAfter(seconds=3600, megabytes=0.01)) as room:
        for number in range(40):
            assert room.track(messageId=str(number), properties="x" * 1000).status_code == 200
    files = sorted((tmp_path / "landing" / "events").iterdir())
    assert len(files) > 3
    assert all(10_000 <= file.stat().st_size < 12_000 for file in files[:-1])
    assert [each["messageId"] for each in landed(tmp_path)] == [str(n) for n in range(40)]


def test_a_collector_without_events_leaves_no_file(tmp_path: Path) -> None:
    with serving(tmp_path, seal_after=SealAfter(seconds=0.05)) as room:
        room.client.get("/healthz")
    assert landed(tmp_path) == []
    assert unsealed(tmp_path) == []


@pytest.mark.parametrize("torn", [b"", b'{"messageId": "half', b"x" * 200_000, b"\0" * 5000])
@pytest.mark.parametrize("whole", [b"", b'{"messageId": "m"}\n' * 9])
def test_a_torn_line_is_cut_when_the_next_collector_starts(
    tmp_path: Path, whole: bytes, torn: bytes
) -> None:
    spool = tmp_path / "collector"
    spool.mkdir()
    (spool / "20261001T000000.000000Z-0.open").write_bytes(whole + torn)
    with serving(tmp_path):
        assert len(landed(tmp_path)) == (9 if whole else 0)
        assert unsealed(tmp_path) == []


def test_too_much_at_once_is_answered_503(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(backlog_bytes=1000)) as room:
        assert room.track(properties="x" * 2000).status_code == 503
        assert room.track().status_code == 200


def test_a_second_collector_on_the_same_spool_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path) as room:
        room.track(messageId="m")
        second = Spool(
            tmp_path / "collector", tmp_path / "landing" / "events", NEVER, Limits(), Metrics()
        )
        with pytest.raises(CollectorError, match=f"process {os.getpid()}"):
            second.lock()
        assert len(unsealed(tmp_path)) == 1
    assert [each["messageId"] for each in landed(tmp_path)] == ["m"]
