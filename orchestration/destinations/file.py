"""A folder: one file that is the complete audience, replaced at once whenever it changes."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from orchestration.activation.declaration import Sync
from orchestration.activation.journal import sync_to_disk
from orchestration.destinations.protocol import Offer, Options
from orchestration.warehouse import Home

OPTIONS = {"parquet": "format parquet, compression zstd", "csv": "format csv, header true"}


class FileOptions(Options):
    """Where the file goes, and as what."""

    path: str = Field(description="the folder, from KITH_HOME unless it is absolute")
    format: Literal["parquet", "csv"] = Field(description="parquet or csv")


OFFER = Offer(modes=("mirror",), leave=("remove",), match=(), options=FileOptions, is_whole=True)


def build(sync: Sync, home: Home, environment: Mapping[str, str]) -> "File":
    """The file is called like the sync."""
    options = FileOptions.model_validate(sync.options)
    folder = home.root / options.path
    return File(folder / f"{sync.name}.{options.format}", OPTIONS[options.format])


class File:
    """Readers see the last complete audience or the next one, never a part."""

    def __init__(self, target: Path, options: str) -> None:
        self.target = target
        self.options = options

    def publish(self, spool: Path) -> None:
        """Copies beside the target, then renames over it; the spool can be on another disk."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        arriving = self.target.with_name(f".{self.target.name}.part")
        shutil.copyfile(spool, arriving)
        sync_to_disk(arriving)
        arriving.replace(self.target)
        sync_to_disk(self.target.parent)
