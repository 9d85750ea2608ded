"""Optimove, which reads files: a compressed CSV of the audience in a bucket that it looks into.

Optimove documents no API that takes customer attributes in bulk and answers row by row. It fetches
files from a bucket of yours (or one that it lends), once a day or by its Data Ingestion tool, which
sees two levels of folders and takes up to 10 attributes beside the customer's id from one file:
https://developer.optimove.com/docs/data-delivery-to-optimove
https://developer.optimove.com/docs/optimove-data-delivery-guide
https://academy.optimove.com/hc/en-us/articles/18747057313821-Data-Ingestion

A file says who is in the audience now. That somebody is no longer in it, Optimove learns from its
absence only; it is not told to forget what earlier files said.
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from orchestration.activation.declaration import Sync
from orchestration.destinations.file import CSV, Format
from orchestration.destinations.protocol import Offer, Options, Unreachable
from orchestration.destinations.s3 import CREDENTIALS, Bucket, bucket
from orchestration.warehouse import Home

COMPRESSED = Format(
    "csv.gz",
    f"{CSV.options}, compression gzip",
    CSV.scan.replace(")", ", compression = 'gzip')"),
    "application/gzip",
)
LARGEST_FILE = 1_000_000_000


class OptimoveOptions(Options):
    """Where Optimove looks."""

    bucket: str = Field(description="the bucket that Optimove reads")
    folder: str = Field(
        pattern=r"^[^/]+(/[^/]+)?$", description="in the bucket, at most two levels, as in/daily"
    )


OFFER = Offer(
    modes=("mirror",),
    leave=("remove",),
    match=(),
    options=OptimoveOptions,
    is_whole=True,
    variables=CREDENTIALS,
)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "Optimove | None":
    """Needs the credentials of the bucket, as s3 does; the file is called like the sync."""
    options = OptimoveOptions.model_validate(sync.options)
    key = f"{options.folder}/{sync.name}"
    reached = bucket(sync, environment, options.bucket, key, COMPRESSED)
    return Optimove(reached) if reached else None


class Optimove:
    """A bucket that takes no file over Optimove's limit."""

    def __init__(self, reached: Bucket) -> None:
        self._bucket = reached
        self.options = reached.options

    def is_lost(self) -> bool:
        """Never known: a look would be a request in every run."""
        return False

    def publish(self, spool: Path) -> None:
        """Uploads the file, then the manifest; raises Unreachable if that cannot be."""
        if spool.stat().st_size > LARGEST_FILE:
            raise Unreachable("the file is over 1 GB, the most that Optimove takes")
        self._bucket.publish(spool)
