"""Whatever is sent, the answer is no 500, and what was answered 200 has landed."""

import gzip
import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collector.room import KEY, Room, landed, serving
from tests.collector.test_messages import json_values, messages
from tests.effort import scaled

ANSWERS = {200, 400, 401, 404, 413, 415}
PATHS = st.sampled_from(["track", "t", "batch", "import", "identify", "unknown", "track/", ""])
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "Sec-GPC", "X-Forwarded-For", "Host", "Authorization"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")),
)
JSON = st.one_of(messages, json_values, st.fixed_dictionaries({"batch": st.lists(messages)}))
# What a body is made from: any bytes, JSON, JSON with a piece cut out or put in.
BODIES = st.one_of(
    st.binary(max_size=200),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda value, piece, at: (
            (text := json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass"))[:at]
            + piece
            + text[at:]
        ),
        JSON,
        st.sampled_from([b"\x00", b"\xff", b"\\u0000", b"\xef\xbb\xbf", b'"', b"{", b"\\ud800"]),
        st.integers(0, 100),
    ),
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One collector; in the end it must have landed as many events as it acknowledged."""
    with serving(tmp_path_factory.mktemp("any")) as room:
        yield room
    assert len(landed(room.home)) == room.metrics.acknowledged["website"]
    assert room.metrics.answers["500"] == 0


@settings(
    max_examples=scaled(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(path=PATHS, body=BODIES, headers=HEADERS, packing=st.sampled_from(["", "real", "false"]))
def test_no_request_is_answered_500(
    room: Room, path: str, body: bytes, headers: dict[str, str], packing: str
) -> None:
    named = [(name.encode(), value.strip().encode("latin-1")) for name, value in headers.items()]
    if packing:
        named.append((b"content-encoding", b"gzip"))
    content = gzip.compress(body) if packing == "real" else body
    request = room.client.build_request("POST", f"/v1/{path}", content=content, headers=named)
    answer = room.client.send(request, auth=None if "Authorization" in headers else (KEY, ""))
    assert answer.status_code in ANSWERS
    if answer.status_code == 200:
        assert answer.content == b'{"success": true}'


@settings(
    max_examples=scaled(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.binary(min_size=1, max_size=100)
    | st.builds(
        lambda target, version, name, value: (
            b"POST " + target + b" HTTP/" + version + b"\r\n" + name + b": " + value + b"\r\n\r\n"
        ),
        st.sampled_from([b"/v1/track", b"*", b"//", b"http://[", b"/\xff", b"/%ff?%", b"?"]),
        st.sampled_from([b"1.1", b"1.0", b"2", b"0.9"]),
        st.sampled_from([b"Host", b"Content-Length", b"Transfer-Encoding", b"Upgrade", b"\xff"]),
        st.sampled_from([b"", b"[", b"-1", b"chunked", b"websocket", b"\xff", b"1e9"]),
    )
)
def test_no_bytes_on_the_connection_are_answered_500(room: Room, content: bytes) -> None:
    with socket.create_connection(("127.0.0.1", room.port), timeout=5) as connection:
        connection.sendall(content + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(4000):
                answer += piece
        except ConnectionResetError:
            pass
    assert b" 500 " not in answer.partition(b"\r\n")[0]


def test_after_all_that_the_collector_still_works(room: Room) -> None:
    assert room.track().status_code == 200
    assert isinstance(room.client, httpx.Client)
