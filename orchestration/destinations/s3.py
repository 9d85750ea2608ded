"""A bucket, at Amazon or whoever speaks S3: one object that is the complete audience.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from pydantic import Field

from orchestration.activation.declaration import Sync
from orchestration.destinations.file import FORMATS, Format, manifest
from orchestration.destinations.protocol import Offer, Options, Unreachable
from orchestration.warehouse import Home

# These prove that they were done: any other answer, even a 200, has no ETag.
PROVEN = ("PutObject", "UploadPart", "CompleteMultipartUpload")


class S3Options(Options):
    """Where the object goes, and as what."""

    bucket: str = Field(description="the bucket, which must exist")
    prefix: str = Field(default="", description="what the object's name starts with, as kith/")
    format: Literal["parquet", "csv"] = Field(description="parquet or csv")


CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
OFFER = Offer(
    modes=("mirror",),
    leave=("remove",),
    match=(),
    options=S3Options,
    is_whole=True,
    variables=CREDENTIALS,
)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "Bucket | None":
    """Needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; the object is called like the sync."""
    options = S3Options.model_validate(sync.options)
    form = FORMATS[options.format]
    return bucket(sync, environment, options.bucket, options.prefix + sync.name, form)


def bucket(
    sync: Sync, environment: Mapping[str, str], name: str, key: str, form: Format
) -> "Bucket | None":
    """A bucket for a sync, or None without credentials in the environment.

    S3_ENDPOINT_URL is the address of whoever is not Amazon; AWS_SESSION_TOKEN belongs to keys that
    expire, AWS_REGION is us-east-1 if nothing else is said.
    """
    if not environment.get("AWS_ACCESS_KEY_ID") or not environment.get("AWS_SECRET_ACCESS_KEY"):
        return None
    endpoint = environment.get("S3_ENDPOINT_URL")
    settings = {
        "endpoint_url": endpoint,
        "region_name": environment.get("AWS_REGION") or "us-east-1",
        "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        "aws_session_token": environment.get("AWS_SESSION_TOKEN"),
        "config": Config(
            connect_timeout=sync.limits.timeout_seconds,
            read_timeout=sync.limits.timeout_seconds,
            retries={"total_max_attempts": sync.limits.attempts, "mode": "standard"},
            # The signature covers the content: what was damaged on its way is refused. Checksums
            # of newer clients are not understood by everybody who speaks S3.
            request_checksum_calculation="when_required",
            s3={
                "payload_signing_enabled": True,
                "addressing_style": "path" if endpoint else "auto",
            },
        ),
    }
    transfer = TransferConfig(max_concurrency=sync.limits.concurrency)
    return Bucket(settings, transfer, name, key, form)


class Bucket:
    """Readers see the last complete audience or the next one: S3 shows an object once it is whole.

    Large files travel in parts. The manifest is an object of its own, written last:
    `<key>.manifest.json`.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        transfer: TransferConfig,
        name: str,
        key: str,
        form: Format,
    ) -> None:
        self._settings = settings
        self._transfer = transfer
        self._name = name
        self._key = key
        self._form = form
        self.options = form.options

    def is_lost(self) -> bool:
        """Never known: a look would be a request in every run."""
        return False

    def publish(self, spool: Path) -> None:
        """Uploads the file, then the manifest; raises Unreachable if S3 does not take both."""
        key = f"{self._key}.{self._form.suffix}"
        told = manifest(spool, key.rpartition("/")[2], self._form)
        try:
            client = self._client()
            with spool.open("rb") as content:
                client.upload_fileobj(
                    content,
                    self._name,
                    key,
                    ExtraArgs={"ContentType": self._form.content_type},
                    Config=self._transfer,
                )
            client.put_object(
                Bucket=self._name,
                Key=f"{self._key}.manifest.json",
                Body=told,
                ContentType="application/json",
            )
        except ClientError as error:
            raise Unreachable(f"S3 refuses: {error.response['Error']['Code']}") from None
        except (BotoCoreError, Boto3Error, ResponseParserError) as error:
            raise Unreachable(f"S3 cannot be reached: {type(error).__name__}") from None

    def _client(self) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        try:
            client = boto3.client("s3", **self._settings)
        except ValueError:
            raise Unreachable("S3_ENDPOINT_URL is no address") from None
        for operation in PROVEN:
            client.meta.events.register(f"after-call.s3.{operation}", _prove)
        return client


def _prove(http_response: Any, parsed: dict[str, Any], **_: object) -> None:  # noqa: ANN401 - botocore's
    if http_response.status_code < 300 and not parsed.get("ETag"):
        raise Unreachable("S3 answers without proof that it took the file")
