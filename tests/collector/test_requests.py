"""Requests that are taken, and those that are refused: never with a 500, never half."""

import gzip
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from orchestration.collector.envelope import document
from orchestration.collector.keys import Source
from orchestration.collector.limits import Limits, Refused
from tests.collector.room import KEY, Room, landed, serving

PACKED = gzip.compress(b'{"userId": "u"}', mtime=0)
KINDS = ("identify", "track", "page", "screen", "group", "alias")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One collector for all tests that look only at answers."""
    with serving(tmp_path_factory.mktemp("requests")) as room:
        yield room


def post(room: Room, body: bytes, path: str = "/v1/track", **headers: str) -> httpx.Response:
    return room.client.post(path, content=body, headers=headers)


def test_every_method_is_answered_with_exactly_success_and_lands(tmp_path: Path) -> None:
    with serving(tmp_path) as room:
        for kind in KINDS:
            for path in (kind, kind[0]):
                answer = room.client.post(f"/v1/{path}", json={"userId": f"{kind} {path}"})
                assert (answer.status_code, answer.content) == (200, b'{"success": true}')
        for path in ("batch", "import", "b"):
            content = {"batch": [{"type": "track", "userId": path}, {"type": "page"}]}
            answer = room.client.post(f"/v1/{path}", json=content)
            assert (answer.status_code, answer.content) == (200, b'{"success": true}')
    messages = landed(tmp_path)
    assert [(each["type"], each.get("userId")) for each in messages] == [
        *((kind, f"{kind} {path}") for kind in KINDS for path in (kind, kind[0])),
        ("track", "batch"), ("page", None), ("track", "import"), ("page", None),
        ("track", "b"), ("page", None),
    ]  # fmt: skip
    assert len({each["messageId"] for each in messages}) == len(messages)


def test_the_key_may_be_the_basic_user_or_in_the_body_and_never_lands(tmp_path: Path) -> None:
    bare = httpx.BasicAuth("", "")
    with serving(tmp_path) as room:
        assert room.track(writeKey="another").status_code == 200
        for content in (
            {"userId": "u", "writeKey": KEY},
            {"batch": [{"type": "track", "userId": "u", "writeKey": KEY}], "writeKey": KEY},
        ):
            path = "/v1/batch" if "batch" in content else "/v1/track"
            assert room.client.post(path, json=content, auth=bare).status_code == 200
    assert len(landed(tmp_path)) == 3
    assert "writeKey" not in json.dumps(landed(tmp_path))


@pytest.mark.parametrize("user", ["", "wrong", KEY + "x", KEY.upper(), "ümlaut"])
def test_a_wrong_or_missing_key_is_refused(room: Room, user: str) -> None:
    answer = room.client.post("/v1/track", json={"userId": "u"}, auth=httpx.BasicAuth(user, ""))
    assert answer.status_code == 401


@pytest.mark.parametrize("authorization", ["Basic", "Basic %%%", "Basic /w==", "Bearer x", ""])
def test_damaged_credentials_are_no_key(room: Room, authorization: str) -> None:
    request = room.client.build_request("POST", "/v1/track", content=b"{}")
    request.headers["authorization"] = authorization
    assert room.client.send(request, auth=lambda request: request).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/track?writeKey={KEY}", "/v1/track?write_key=typo", f"/v1/{KEY}", f"/v1/track?a={KEY}",
        f"/v1/track?a=%77{KEY[1:]}",
    ],
)  # fmt: skip
def test_a_write_key_in_the_address_is_refused(room: Room, path: str) -> None:
    answer = post(room, b'{"userId": "u"}', path)
    assert answer.status_code == 400
    assert "not in the URL" in answer.json()["message"]
    assert KEY not in answer.text + room.client.get("/metrics").text


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"5", b"null", b'"text"', b'{"a": NaN}', b'{"userId": "\xff\xfe"}',
        b'{"userId": "\xed\xa0\x80"}', b'{"userId": "\\ud800"}', b'\xef\xbb\xbf{"userId": "u"}',
        b'{"userId": "u"}\x00', b'{"userId": "a\x00b"}', b'{"userId": "a\\u0000b"}',
        b'{"properties": {"a\\\\\\u0000": 1}}', b"[" * 100_000, b'{"a":' * 100_000,
        b'{"a":' * 300 + b"1" + b"}" * 300,
    ],
)  # fmt: skip
def test_what_is_no_message_is_answered_400(room: Room, body: bytes) -> None:
    answer = post(room, body)
    assert answer.status_code == 400
    assert answer.json()["success"] is False


@pytest.mark.parametrize("batch", [None, [], {}, "text"])
def test_a_batch_that_is_no_list_is_answered_400(room: Room, batch: object) -> None:
    assert room.client.post("/v1/batch", json={"batch": batch}).status_code == 400


def test_an_escaped_backslash_before_u0000_is_no_nul(room: Room) -> None:
    assert post(room, b'{"userId": "\\\\u0000"}').status_code == 200


def test_nesting_that_can_be_kept_is_kept(room: Room) -> None:
    nested = b'{"a":' * 200 + b"1" + b"}" * 200
    assert post(room, b'{"userId": "u", "properties": ' + nested + b"}").status_code == 200


def test_a_message_may_have_32_kilobytes(tmp_path: Path) -> None:
    empty = len(b'{"userId":"","type":"track"}')
    with serving(tmp_path) as room:
        for size, status in ((32 * 1024, 200), (32 * 1024 + 1, 413)):
            text = "x" * (size - empty)
            assert room.client.post("/v1/track", json={"userId": text}).status_code == status
        batch = [{"type": "track", "userId": "good"}, {"type": "track", "userId": "x" * 40_000}]
        assert room.client.post("/v1/batch", json={"batch": batch}).status_code == 413
    assert len(landed(tmp_path)) == 1


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_request_may_have_500_kilobytes_unpacked(
    room: Room, pack: Callable[[bytes], bytes]
) -> None:
    encoding = "gzip" if pack is gzip.compress else "identity"
    for size, status in ((500 * 1024, 200), (500 * 1024 + 1, 413), (3_000_000, 413)):
        body = b'{"userId": "u"' + b" " * (size - 15) + b"}"
        assert len(body) == size
        answer = post(room, pack(body), **{"Content-Encoding": encoding})
        assert answer.status_code == status


def test_a_gzip_bomb_is_refused_without_being_unpacked(room: Room) -> None:
    bomb = gzip.compress(b"[" * 100_000_000)
    assert len(bomb) < 500 * 1024
    answer = post(room, bomb, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 413
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            document(bomb, "gzip", Limits())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        pytest.param(b"{}", "gzip", 400, id="not packed"),
        pytest.param(PACKED[:-3], "gzip", 400, id="cut off"),
        pytest.param(PACKED + b"tail", "gzip", 400, id="more behind it"),
        pytest.param(b"", "gzip", 400, id="empty"),
        pytest.param(gzip.compress(b'{"userId":') + gzip.compress(b"1}"), "gzip", 200, id="two"),
        pytest.param(PACKED, "GZIP", 200, id="capitals"),
        pytest.param(b"{}", "br", 415, id="another"),
    ],
)
def test_compression_is_gzip_whole_or_nothing(
    room: Room, body: bytes, encoding: str, status: int
) -> None:
    assert post(room, body, **{"Content-Encoding": encoding}).status_code == status


def test_a_browser_on_any_site_may_ask_and_may_send(room: Room) -> None:
    asked = room.client.options(
        "/v1/t",
        headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 204
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    sent = post(room, b'{"anonymousId": "a"}', "/v1/t", **{"Content-Type": "text/plain"})
    refused = post(room, b"{", "/v1/t")
    for answer in (asked, sent, refused):
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/unknown", "/v1/track/", "/v1/m"])
def test_an_unknown_path_is_answered_404(room: Room, path: str) -> None:
    assert post(room, b"{}", path).status_code == 404


def test_events_are_posted_and_not_asked_for(room: Room) -> None:
    assert room.client.get("/v1/track").status_code == 405


def test_too_many_events_are_told_when_to_come_again(tmp_path: Path) -> None:
    slow = Source(name="website", write_key="WEBSITE_WRITE_KEY", events_per_second=2)
    with serving(tmp_path, source=slow) as room:
        batch = {"batch": [{"type": "track", "userId": "u"}] * 10}
        assert room.client.post("/v1/batch", json=batch).status_code == 200
        answer = room.client.post("/v1/batch", json=batch)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 3
    assert len(landed(tmp_path)) == 10


def test_health_and_figures_are_there_for_who_operates_it(tmp_path: Path) -> None:
    with serving(tmp_path, limits=Limits(message_bytes=200)) as room:
        room.track()
        room.track(properties="x" * 300)
        assert room.client.get("/healthz").json() == {"status": "ok"}
        figures = room.client.get("/metrics").text.splitlines()
    assert 'kith_collector_requests_total{status="200"} 1' in figures
    assert 'kith_collector_refusals_total{reason="message_size"} 1' in figures
    assert 'kith_collector_events_total{source="website"} 1' in figures
    assert "kith_collector_commits_total 1" in figures
