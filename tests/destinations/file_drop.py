"""Places for files, in a folder and in a bucket, with a reader of them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
import duckdb
from botocore.exceptions import ClientError

from orchestration.activation.declaration import Sync
from orchestration.activation.receipt import Receipt
from orchestration.activation.run import sync
from orchestration.warehouse import PROJECT, Home
from sandbox.vendors.s3 import BUCKET
from tests.activation_world import Person, Served, publish, quick
from tests.destinations.case import Held

NAMES = ["email", "first_name", "revenue"]
PLAIN = {
    "name": "members",
    "object": None,
    "match": None,
    "mode": "mirror",
    "map": {"email": "email", "first_name": "first_name", "revenue": "revenue_cents"},
    # The pauses between tries are the library's own, and long.
    "limits": quick(attempts=2),
    "guards": {"max_removed_share": 1.0, "max_added_share": 1e6},
}
ROOM = {"bucket": BUCKET, "prefix": "kith/"}
DROPS: dict[str, tuple[str, dict[str, Any]]] = {
    "parquet": ("file", {"path": "exports", "format": "parquet"}),
    "csv": ("file", {"path": "exports", "format": "csv"}),
    "s3-parquet": ("s3", {**ROOM, "format": "parquet"}),
    "s3-csv": ("s3", {**ROOM, "format": "csv"}),
    "optimove": ("optimove", {"bucket": BUCKET, "folder": "kith"}),
}


@dataclass(frozen=True)
class Drop:
    """A place for files, and a reader of it."""

    home: Home
    vendor: Served
    secrets: dict[str, str]
    declared: Sync

    @property
    def environment(self) -> dict[str, str]:
        return {"S3_ENDPOINT_URL": self.vendor.url, **self.secrets}

    def run(self, persons: list[Person], **environment: str) -> Receipt:
        """Publishes these people and syncs."""
        publish(self.home, persons)
        return sync(self.declared, self.home, {**self.environment, **environment})

    @cached_property
    def reader(self) -> Any:  # noqa: ANN401 - boto3 makes its classes at run time
        return boto3.client(
            "s3",
            endpoint_url=self.vendor.url,
            region_name="us-east-1",
            aws_access_key_id=self.secrets["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.secrets["AWS_SECRET_ACCESS_KEY"],
        )

    def read(self, name: str) -> bytes | None:
        """What a reader gets under a name, if anything."""
        if self.declared.destination == "file":
            path = self.home.root / "exports" / name
            return path.read_bytes() if path.exists() else None
        try:
            answer = self.reader.get_object(Bucket=BUCKET, Key=f"kith/{name}")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchKey"
            return None
        content: bytes = answer["Body"].read()
        return content

    @property
    def name(self) -> str:
        suffix = self.declared.options.get("format", "csv.gz")
        return f"members.{suffix}"

    def manifest(self) -> dict[str, Any] | None:
        content = self.read("members.manifest.json")
        return json.loads(content) if content else None

    def held(self) -> Held:
        """First names by e-mail address, out of the file."""
        content = self.read(self.name)
        if content is None:
            return {}
        copy = self.home.root / f"read.{self.name}"
        copy.write_bytes(content)
        return dict(duckdb.sql(f"select email, first_name from '{copy}'").fetchall())


def child(drop: Drop, where: str) -> "subprocess.Popen[bytes]":
    """The sync in a process of its own, which is killed there."""
    path = drop.home.root / "sync.json"
    path.write_text(drop.declared.model_dump_json())
    command = [sys.executable, "-m", "tests.activation_child", str(drop.home.root), str(path)]
    return subprocess.Popen([*command, where], cwd=PROJECT, env=drop.environment)


def until(is_time: Callable[[], object], process: "subprocess.Popen[bytes]") -> None:
    """Waits until it is, for half a minute, while the process lives."""
    deadline = time.monotonic() + 30
    while not is_time():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
