"""S3 in memory: signed requests, whole objects, uploads in parts, errors in XML.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from botocore.credentials import Credentials
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.vendors.emulator import Emulated, Emulator
from sandbox.vendors.limits import Limits, RollingLimit
from sandbox.vendors.s3.errors import Refused, xml
from sandbox.vendors.s3.signature import denied

BUCKET = "kith-exports"
LARGEST_PUT = 5 * 1024**3
SMALLEST_PART = 5 * 1024**2
MOST_PARTS = 10_000
CODES = {401: "AccessDenied", 429: "SlowDown", 500: "InternalError", 503: "SlowDown"}


@dataclass(frozen=True)
class Stored:
    """One whole object; a tag of several parts ends in their number."""

    content: bytes
    etag: str
    content_type: str


@dataclass
class Upload:
    """Parts that have come so far."""

    key: str
    content_type: str
    parts: dict[int, Stored] = field(default_factory=dict)


class S3(Emulator):
    """One bucket, `kith-exports`; an object is there once all of it is."""

    def __init__(self, known: Mapping[str, str], limits: Limits) -> None:
        routes = [
            Route("/{bucket}/{key:path}", self._put, methods=["PUT"]),
            Route("/{bucket}/{key:path}", self._post, methods=["POST"]),
            Route("/{bucket}/{key:path}", self._get, methods=["GET"]),
            Route("/{bucket}/{key:path}", self._abort, methods=["DELETE"]),
        ]
        super().__init__(routes, RollingLimit(limits.requests_second, 1))
        self._credentials = Credentials(known["AWS_ACCESS_KEY_ID"], known["AWS_SECRET_ACCESS_KEY"])
        self.objects: dict[str, Stored] = {}
        self.uploads: dict[str, Upload] = {}

    def admit(self, request: Request) -> Response | None:
        """S3 says what is wrong with a signature."""
        code = denied(request, self._credentials)
        return Refused(code).response() if code else super().admit(request)

    def is_authorized(self, request: Request) -> bool:
        """By a signature of this moment with the secret key."""
        return not denied(request, self._credentials)

    def error(self, status: int) -> str:
        """The code of S3's that means this."""
        return CODES[status]

    def refusal(self, status: int) -> Response:
        """S3's own error; too many requests are a 503."""
        return Refused(self.error(status)).response()

    def dump(self) -> dict[str, Any]:
        """Sizes by object, and how many uploads are under way."""
        sizes = {key: len(stored.content) for key, stored in self.objects.items()}
        return {"objects": sizes, "uploads": len(self.uploads)}

    async def _put(self, request: Request) -> Response:
        key, query = _key(request), request.query_params
        stored = await _received(request)
        if "uploadId" in query:
            number = query.get("partNumber", "")
            if not number.isdigit() or not 1 <= int(number) <= MOST_PARTS:
                raise Refused("InvalidArgument")
            self._upload(query["uploadId"], key).parts[int(number)] = stored
        else:
            self.objects[key] = stored
        return Response(headers={"ETag": f'"{stored.etag}"'})

    async def _post(self, request: Request) -> Response:
        key, query = _key(request), request.query_params
        if "uploads" in query:
            upload_id = secrets.token_hex(16)
            self.uploads[upload_id] = Upload(key, request.headers.get("content-type", ""))
            words = f"<Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key>"
            told = f"{words}<UploadId>{upload_id}</UploadId>"
            return xml("InitiateMultipartUploadResult", told)
        upload_id = query.get("uploadId", "")
        upload = self._upload(upload_id, key)
        stored = _joined(upload, (await _received(request)).content)
        self.objects[key] = stored
        del self.uploads[upload_id]
        told = f"<Key>{escape(key)}</Key><ETag>&quot;{stored.etag}&quot;</ETag>"
        return xml("CompleteMultipartUploadResult", told)

    async def _get(self, request: Request) -> Response:
        stored = self.objects.get(_key(request))
        if stored is None:
            raise Refused("NoSuchKey")
        headers = {"ETag": f'"{stored.etag}"', "Content-Type": stored.content_type}
        return Response(stored.content, headers=headers)

    async def _abort(self, request: Request) -> Response:
        upload_id = request.query_params.get("uploadId", "")
        self._upload(upload_id, _key(request))
        del self.uploads[upload_id]
        return Response(status_code=204)

    def _upload(self, upload_id: str, key: str) -> Upload:
        upload = self.uploads.get(upload_id)
        if upload is None or upload.key != key:
            raise Refused("NoSuchUpload")
        return upload


def _key(request: Request) -> str:
    if request.path_params["bucket"] != BUCKET:
        raise Refused("NoSuchBucket")
    return str(request.path_params["key"])


async def _received(request: Request) -> Stored:
    """The body, if it is what its headers say."""
    length = request.headers.get("content-length")
    if length is None:
        raise Refused("MissingContentLength")
    if int(length) > LARGEST_PUT:
        raise Refused("EntityTooLarge")
    content = await request.body()
    told = request.headers.get("x-amz-content-sha256", "")
    if told.startswith("STREAMING-"):
        raise Refused("NotImplemented")
    if told not in ("UNSIGNED-PAYLOAD", hashlib.sha256(content).hexdigest()):
        raise Refused("XAmzContentSHA256Mismatch")
    digest = hashlib.md5(content, usedforsecurity=False)
    if request.headers.get("content-md5") not in (None, base64.b64encode(digest.digest()).decode()):
        raise Refused("BadDigest")
    content_type = request.headers.get("content-type", "binary/octet-stream")
    return Stored(content, digest.hexdigest(), content_type)


def _joined(upload: Upload, body: bytes) -> Stored:
    """The object out of the parts that are listed."""
    try:
        listed = [
            (int(part.findtext("{*}PartNumber", "")), part.findtext("{*}ETag", "").strip('"'))
            for part in ElementTree.fromstring(body).findall("{*}Part")  # noqa: S314 - a client of the tests' own
        ]
    except (ElementTree.ParseError, ValueError):
        raise Refused("MalformedXML") from None
    numbers = [number for number, _ in listed]
    if not listed:
        raise Refused("MalformedXML")
    if numbers != sorted(set(numbers)):
        raise Refused("InvalidPartOrder")
    if any(n not in upload.parts or upload.parts[n].etag != etag for n, etag in listed):
        raise Refused("InvalidPart")
    parts = [upload.parts[number] for number in numbers]
    if any(len(part.content) < SMALLEST_PART for part in parts[:-1]):
        raise Refused("EntityTooSmall")
    tags = b"".join(bytes.fromhex(part.etag) for part in parts)
    tag = hashlib.md5(tags, usedforsecurity=False).hexdigest()
    content = b"".join(part.content for part in parts)
    return Stored(content, f"{tag}-{len(parts)}", upload.content_type)


EMULATED = Emulated("S3_ENDPOINT_URL", ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), S3)
