"""The envelope of a request: its key, its compression, its JSON."""

import base64
import binascii
import zlib
from typing import Any

from orchestration.collector.json_text import parsed
from orchestration.collector.limits import Limits, Refused

_GZIP = 31


def document(body: bytes, encoding: str, limits: Limits) -> dict[str, Any]:
    """The JSON object of a body, at most `request_bytes` unpacked; else raises Refused."""
    if encoding == "gzip":
        body = _unpacked(body, limits.request_bytes)
    elif encoding not in ("", "identity"):
        raise Refused(415, "encoding", "Only gzip is understood as Content-Encoding.")
    if len(body) > limits.request_bytes:
        raise too_large(limits)
    content = json_value(body)
    if not isinstance(content, dict):
        raise Refused(400, "json", "The body must be one JSON object.")
    return content


def json_value(body: bytes) -> object:
    """What a body says; raises Refused."""
    try:
        return parsed(body)
    except ValueError:
        raise Refused(400, "json", "The body is not valid JSON in UTF-8.") from None


def too_large(limits: Limits) -> Refused:
    """The answer to a request over the limit."""
    kilobytes = limits.request_bytes // 1024
    return Refused(413, "request_size", f"A request may have {kilobytes} KB, unpacked.")


def write_key(authorization: str, content: dict[str, Any]) -> str:
    """The key in the Basic user name, else in the body, out of which it is taken; "" if none."""
    in_body = content.pop("writeKey", None)
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            user = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            user = ""
        if user:
            return user
    return in_body if isinstance(in_body, str) else ""


def _unpacked(body: bytes, most: int) -> bytes:
    """Unpacks no more than one byte above the limit, however small the body."""
    unpacked = b""
    while body:
        member = zlib.decompressobj(_GZIP)
        try:
            unpacked += member.decompress(body, most + 1 - len(unpacked))
        except zlib.error:
            raise Refused(400, "gzip", "The body is not valid gzip.") from None
        if len(unpacked) > most:
            raise Refused(413, "request_size", f"A request may have {most // 1024} KB, unpacked.")
        if not member.eof:
            raise Refused(400, "gzip", "The gzip stream has no end.")
        body = member.unused_data
    return unpacked
