"""A folder: one file that is the complete audience, replaced at once whenever it changes."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from pydantic import Field, field_validator

from orchestration.activation.declaration import Sync
from orchestration.activation.journal import sync_to_disk
from orchestration.destinations.protocol import Offer, Options, Unreachable
from orchestration.warehouse import Home, connect


@dataclass(frozen=True)
class Format:
    """What a file's name ends in, how DuckDB's COPY writes it, and how DuckDB reads it back."""

    suffix: str
    options: str
    scan: str
    content_type: str


PARQUET = Format(
    "parquet",
    "format parquet, compression zstd",
    "read_parquet($file)",
    "application/vnd.apache.parquet",
)
CSV = Format(
    "csv",
    "format csv, header true",
    "read_csv($file, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')",
    "text/csv",
)
FORMATS = {"parquet": PARQUET, "csv": CSV}


class FileOptions(Options):
    """Where the file goes, and as what."""

    path: str = Field(description="the folder, inside KITH_HOME, such as outbox/agency")
    format: Literal["parquet", "csv"] = Field(description="parquet or csv")

    @field_validator("path")
    @classmethod
    def _stays_at_home(cls, path: str) -> str:
        named = PurePosixPath(path)
        if named.is_absolute() or ".." in named.parts or not named.parts:
            raise ValueError(
                f"{path or 'nothing'} leads out of KITH_HOME; name a folder inside it, such as "
                "outbox/agency, and let whoever fetches the file look there"
            )
        return path


OFFER = Offer(modes=("mirror",), leave=("remove",), match=(), options=FileOptions, is_whole=True)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "File":
    """The file is called like the sync."""
    options = FileOptions.model_validate(sync.options)
    return File(home.root / options.path, sync.name, FORMATS[options.format])


class File:
    """Readers see the last complete audience or the next one, never a part.

    Beside it lies a manifest, written last: `<sync>.manifest.json`. Both are for the user alone
    whom Kith runs as: they hold personal data.
    """

    def __init__(self, folder: Path, name: str, form: Format) -> None:
        self._folder = folder
        self._name = name
        self._form = form
        self.options = form.options

    def publish(self, spool: Path) -> None:
        """Puts the file in its place, then the manifest; raises Unreachable if it cannot."""
        file = f"{self._name}.{self._form.suffix}"
        told = manifest(spool, file, self._form)
        try:
            _make_private(self._folder)
            with spool.open("rb") as content:
                self._put(content, file)
            self._put(BytesIO(told), f"{self._name}.manifest.json")
        except OSError as error:
            raise Unreachable(f"the folder cannot be written: {error.strerror}") from error

    def is_lost(self) -> bool:
        """Whether somebody has taken the file or its manifest away."""
        names = (f"{self._name}.{self._form.suffix}", f"{self._name}.manifest.json")
        return not all((self._folder / name).exists() for name in names)

    def _put(self, content: BinaryIO, name: str) -> None:
        # Beside the target, because the spool can be on another disk.
        arriving = self._folder / f".{name}.part"
        arriving.unlink(missing_ok=True)
        arriving.touch(mode=0o600, exist_ok=False)
        with arriving.open("wb") as file:
            shutil.copyfileobj(content, file)
        sync_to_disk(arriving)
        arriving.replace(self._folder / name)
        sync_to_disk(self._folder)


def _make_private(folder: Path) -> None:
    """Makes the folder, and those above it that are missing, for their owner alone."""
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def manifest(spool: Path, name: str, form: Format) -> bytes:
    """What a reader can check the file by that lies in the spool and will have this name.

    JSON: `{file, rows, columns, bytes, sha256, published_at}`, the last the moment of the plan that
    wrote the file, in UTC.
    """
    with connect(Path(":memory:")) as connection:
        found = connection.execute(f"select count(*) from {form.scan}", {"file": str(spool)})
        ((rows,),) = found.fetchall()
        connection.execute(f"from {form.scan} limit 0", {"file": str(spool)})
        columns = [column[0] for column in connection.description or ()]
    with spool.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    status = spool.stat()
    # The plan wrote the spool, and nothing has touched it since.
    written = datetime.fromtimestamp(status.st_mtime, UTC)
    told = {
        "file": name,
        "rows": rows,
        "columns": columns,
        "bytes": status.st_size,
        "sha256": digest,
        "published_at": written.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return json.dumps(told, indent=2).encode() + b"\n"
