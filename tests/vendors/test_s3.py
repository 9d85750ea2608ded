"""The S3 emulator refuses what S3 refuses, in S3's words."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import boto3
import httpx
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sandbox.vendors.s3 import BUCKET, EMULATED, SMALLEST_PART
from tests.activation_world import UNLIMITED, Served, served

KNOWN = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "sandbox"}


@pytest.fixture(scope="module")
def s3() -> Iterator[Served]:
    with served(EMULATED.make(KNOWN, UNLIMITED)) as vendor:
        yield vendor


@pytest.fixture(scope="module")
def client(s3: Served) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
    return boto3.client(
        "s3",
        endpoint_url=s3.url,
        region_name="us-east-1",
        aws_access_key_id=KNOWN["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KNOWN["AWS_SECRET_ACCESS_KEY"],
        config=Config(
            retries={"total_max_attempts": 1}, request_checksum_calculation="when_required"
        ),
    )


def signed(s3: Served, content: bytes, **headers: str) -> dict[str, str]:
    """The headers of a correctly signed PUT of this content."""
    request = AWSRequest("PUT", f"{s3.url}/{BUCKET}/a%20b", data=content, headers=headers)
    S3SigV4Auth(Credentials(*KNOWN.values()), "s3", "us-east-1").add_auth(request)
    return dict(request.headers)


def code(s3: Served, content: bytes, headers: dict[str, str]) -> str:
    """Of the error that comes back; empty if none does."""
    response = httpx.put(f"{s3.url}/{BUCKET}/a%20b", content=content, headers=headers)
    return "" if response.is_success else ElementTree.fromstring(response.text).findtext("Code", "")  # noqa: S314 - the emulator's own


def test_what_is_signed_is_taken_and_what_is_touched_is_not(s3: Served) -> None:
    headers = signed(s3, b"whole")
    assert code(s3, b"whole", headers) == ""
    assert code(s3, b"touch", headers) == "XAmzContentSHA256Mismatch"
    digest = hashlib.sha256(b"touch").hexdigest()
    forged = {**headers, "X-Amz-Content-SHA256": digest}
    assert code(s3, b"touch", forged) == "SignatureDoesNotMatch"
    assert code(s3, b"whole", {}) == "AccessDenied"
    stranger = {**headers, "Authorization": headers["Authorization"].replace("AKID", "AKIX")}
    assert code(s3, b"whole", stranger) == "InvalidAccessKeyId"


def test_a_digest_of_other_content_is_noticed(s3: Served) -> None:
    right, wrong = (
        base64.b64encode(hashlib.md5(text, usedforsecurity=False).digest()).decode()
        for text in (b"whole", b"other")
    )
    assert code(s3, b"whole", signed(s3, b"whole", **{"Content-MD5": right})) == ""
    assert code(s3, b"whole", signed(s3, b"whole", **{"Content-MD5": wrong})) == "BadDigest"


def test_a_signature_of_an_hour_ago_is_too_old(s3: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        past = datetime.now(UTC) - timedelta(hours=1)
        patch.setattr("botocore.auth.get_current_datetime", lambda: past)
        headers = signed(s3, b"whole")
    assert code(s3, b"whole", headers) == "RequestTimeTooSkewed"


@pytest.mark.parametrize(
    ("sizes", "order", "expected"),
    [
        ((SMALLEST_PART, 10), (1, 2), ""),
        ((10, 10), (1, 2), "EntityTooSmall"),
        ((SMALLEST_PART, 10), (2, 1), "InvalidPartOrder"),
        ((10,), (1, 2), "InvalidPart"),
        ((10,), (), "MalformedXML"),
    ],
)
def test_parts_are_joined_by_the_rules(
    client: Any,  # noqa: ANN401 - as above
    sizes: tuple[int, ...],
    order: tuple[int, ...],
    expected: str,
) -> None:
    place = {"Bucket": BUCKET, "Key": f"parts {sizes} {order}"}
    upload = {**place, "UploadId": client.create_multipart_upload(**place)["UploadId"]}
    tags = {
        number: client.upload_part(**upload, PartNumber=number, Body=b"x" * size)["ETag"]
        for number, size in enumerate(sizes, start=1)
    }
    parts = [{"PartNumber": number, "ETag": tags.get(number, '"none"')} for number in order]
    try:
        done = client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    except ClientError as error:
        assert error.response["Error"]["Code"] == expected
        client.abort_multipart_upload(**upload)
        with pytest.raises(ClientError, match="NoSuchKey"):
            client.get_object(**place)
    else:
        assert (expected, done["ETag"][-3:]) == ("", '-2"')
        assert len(client.get_object(**place)["Body"].read()) == sum(sizes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Bucket": "elsewhere"}, "NoSuchBucket"),
        ({"UploadId": "none", "PartNumber": 1}, "NoSuchUpload"),
        ({"UploadId": "none", "PartNumber": 10_001}, "InvalidArgument"),
    ],
)
def test_what_is_not_there_is_named(
    client: Any,  # noqa: ANN401 - as above
    changes: dict[str, Any],
    expected: str,
) -> None:
    put = client.upload_part if "UploadId" in changes else client.put_object
    with pytest.raises(ClientError) as refusal:
        put(**{"Bucket": BUCKET, "Key": "a", "Body": b"x", **changes})
    assert refusal.value.response["Error"]["Code"] == expected
