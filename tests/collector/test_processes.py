"""The collector as a process: killed, stopped, started twice, short of disk, kept waiting."""

import base64
import logging
import random
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from orchestration.collector.limits import Limits
from orchestration.collector.serve import PlaceOnly
from tests.collector.process import Senders, collecting, command
from tests.collector.room import KEY, landed, serving, unsealed, until
from tests.effort import scaled

SHORT = Limits(head_seconds=0.4, body_seconds=0.4, head_bytes=4096)


def test_what_was_acknowledged_before_kill_9_has_landed(tmp_path: Path) -> None:
    rounds = min(20, scaled(4))
    acknowledged: list[str] = []
    for number in range(rounds):
        with collecting(tmp_path) as process, Senders(process.address) as senders:
            until(lambda: len(senders.acknowledged) > 50)
            time.sleep(random.uniform(0.05, 0.4))  # noqa: S311 - no secret
            process.popen.kill()
            process.popen.wait(30)
        acknowledged += senders.acknowledged
        if number % 2 and (left := unsealed(tmp_path)):
            with left[-1].open("ab") as torn:
                torn.write(b'{"type": "track", "messageId": "torn')
    with collecting(tmp_path) as process:
        assert process.stop() == 0
    assert unsealed(tmp_path) == []
    found = [each["messageId"] for each in landed(tmp_path)]
    assert len(acknowledged) > 50 * rounds
    assert not set(acknowledged) - set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_collector_that_is_told_to_stop_lands_everything(
    tmp_path: Path, number: signal.Signals
) -> None:
    with collecting(tmp_path) as process, Senders(process.address) as senders:
        until(lambda: len(senders.acknowledged) > 50)
        assert process.stop(number) == 0
    assert unsealed(tmp_path) == []
    assert set(senders.acknowledged) <= {each["messageId"] for each in landed(tmp_path)}


def test_a_second_process_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with collecting(tmp_path) as process:
        httpx.post(f"{process.address}/v1/track", json={"userId": "u"}, auth=(KEY, ""))
        arguments, environment = command(tmp_path)
        second = subprocess.run(
            arguments, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert second.returncode == 1
        assert f"process {process.popen.pid}" in second.stdout
        assert "Traceback" not in second.stdout + second.stderr
        assert len(unsealed(tmp_path)) == 1
        assert process.stop() == 0
    assert len(landed(tmp_path)) == 1


@pytest.mark.parametrize(
    ("declared", "key", "said"),
    [
        ("sources: [{name: a, write_key: WEBSITE_WRITE_KEY}]", "", "set WEBSITE_WRITE_KEY"),
        ("sources: [{name: a, write_key: wk_in_the_file}]", "k", "sources.0.write_key"),
    ],
)
def test_a_wrong_declaration_is_refused_in_one_sentence(
    tmp_path: Path, declared: str, key: str, said: str
) -> None:
    arguments, environment = command(tmp_path)
    (tmp_path / "collector.yml").write_text(declared)
    result = subprocess.run(
        arguments,
        env={**environment, "WEBSITE_WRITE_KEY": key},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1
    assert said in result.stdout
    assert "Traceback" not in result.stdout + result.stderr
    assert "wk_in_the_file" not in result.stdout


def test_a_disk_that_is_full_for_a_while_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """A limit on the size of a file cuts a write in the middle, as a full disk does."""
    with collecting(tmp_path) as process, httpx.Client(auth=(KEY, "")) as client:

        def track(message_id: str) -> int:
            message = {"userId": "u", "messageId": message_id, "properties": "x" * 10_000}
            return client.post(f"{process.address}/v1/track", json=message).status_code

        assert [track(f"before {number}") for number in range(3)] == [200] * 3
        _, hard = resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE, (5000, hard))
        assert [track(f"meanwhile {number}") for number in range(3)] == [503] * 3
        resource.prlimit(process.popen.pid, resource.RLIMIT_FSIZE, (hard, hard))
        assert [track(f"after {number}") for number in range(3)] == [200] * 3
        assert process.stop() == 0
    assert [each["messageId"] for each in landed(tmp_path)] == [
        f"{when} {number}" for when in ("before", "after") for number in range(3)
    ]


def test_neither_keys_nor_personal_data_nor_addresses_are_printed(tmp_path: Path) -> None:
    with collecting(tmp_path) as process, httpx.Client(base_url=process.address) as client:
        message = {"userId": "ann@example.com", "writeKey": KEY}
        for path in ("/v1/track", f"/v1/track?writeKey={KEY}", f"/v1/{KEY}", f"/{KEY}"):
            client.post(path, json=message)
            client.post(path, content=b'{"email": "ann@example.com"')
            client.get(path)
        with raw(int(process.address.rpartition(":")[2])) as connection:
            connection.sendall(f"GET {KEY} ann@example.com\r\n\r\n".encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 400")
        assert process.stop() == 0
    printed = "".join(process.printed)
    assert "Collecting on" in printed
    for secret in (KEY, "ann@", "writeKey", "/v1/"):
        assert secret not in printed


def test_an_exception_is_logged_by_its_place_and_not_by_its_text() -> None:
    try:
        raise ValueError("ann@example.com")
    except ValueError:
        record = logging.LogRecord("n", logging.ERROR, "f", 1, "it failed", None, sys.exc_info())
    printed = PlaceOnly().format(record)
    assert "ValueError" in printed
    assert "test_processes.py" in printed
    assert "ann" not in printed.replace('raise ValueError("ann@example.com")', "")


def raw(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def is_closed_unanswered(connection: socket.socket) -> bool:
    """Whether the other side closes the connection without a word; waits ten seconds."""
    try:
        return connection.recv(1000) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "beginning", [b"", b"POST /v1/tr", b"POST /v1/track HTTP/1.1\r\nHost: kith\r\nX-Sl"]
)
def test_a_client_that_never_ends_its_head_is_cut_off(tmp_path: Path, beginning: bytes) -> None:
    with serving(tmp_path, limits=SHORT) as room, raw(room.port) as connection:
        started = time.monotonic()
        connection.sendall(beginning)
        assert is_closed_unanswered(connection)
        assert time.monotonic() - started < 5
        assert room.track().status_code == 200


def test_a_client_that_drips_its_head_is_cut_off_all_the_same(tmp_path: Path) -> None:
    with serving(tmp_path, limits=SHORT) as room, raw(room.port) as connection:
        connection.sendall(b"POST /v1/track HTTP/1.1\r\n")
        assert stops_reading(connection, b"X-Drip: 1\r\n", pause=0.05)


def test_a_head_without_end_is_cut_off(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(head_bytes=4096)) as room, raw(room.port) as connection:
        connection.sendall(b"POST /v1/track HTTP/1.1\r\n")
        assert stops_reading(connection, b"X-Long: " + b"x" * 900 + b"\r\n", pause=0.01)


def stops_reading(connection: socket.socket, piece: bytes, *, pause: float) -> bool:
    """Whether the other side hangs up while pieces are sent for at most five seconds."""
    deadline = time.monotonic() + 5
    try:
        while time.monotonic() < deadline:
            connection.sendall(piece)
            time.sleep(pause)
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


def test_a_client_that_never_ends_its_body_is_told_and_cut_off(tmp_path: Path) -> None:
    with serving(tmp_path, limits=SHORT) as room, raw(room.port) as connection:
        connection.sendall(b"POST /v1/track HTTP/1.1\r\nHost: kith\r\nContent-Length: 100\r\n\r\n{")
        assert connection.recv(4000).startswith(b"HTTP/1.1 408")
        assert is_closed_unanswered(connection)
        assert room.track().status_code == 200


def test_a_connection_may_rest_between_two_requests(tmp_path: Path) -> None:
    request = (
        b"POST /v1/track HTTP/1.1\r\nHost: kith\r\nContent-Length: 2\r\n"
        b"Authorization: Basic " + base64.b64encode(f"{KEY}:".encode()) + b"\r\n\r\n{}"
    )
    with serving(tmp_path, limits=SHORT) as room, raw(room.port) as connection:
        for _ in range(2):
            connection.sendall(request)
            assert connection.recv(4000).startswith(b"HTTP/1.1 200")
            time.sleep(0.8)


def test_a_client_that_hangs_up_halfway_leaves_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as room:
        with raw(room.port) as connection:
            connection.sendall(
                b"POST /v1/track HTTP/1.1\r\nHost: k\r\nContent-Length: 100\r\n\r\n{"
            )
        assert room.track().status_code == 200
    assert len(landed(tmp_path)) == 1
