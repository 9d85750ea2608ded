"""The project as the house rules see it: its files, its models, and how a broken rule speaks."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from orchestration.warehouse import PROJECT, Manifest

# From the front door to the back door.
ROOMS = (
    "staging",
    "collection",
    "identity",
    "journey",
    "campaigns",
    "customers",
    "segments",
    "activation",
)


def demand(broken: Iterable[str], *, why: str, fix: str) -> None:
    """Fail with what is wrong, why that matters and how to put it right; pass if nothing is."""
    found = sorted(broken)
    if found:
        lines = [*found, "", f"Why it matters: {why}", f"How to fix it: {fix}"]
        pytest.fail("\n".join(lines), pytrace=False)


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, tracked or about to be, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is where the machine has it
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return tuple(Path(name) for name in sorted(set(listed)) if (PROJECT / name).is_file())


def files_in(folder: str, suffix: str) -> Iterator[Path]:
    """The project's files below a folder with a suffix such as `.sql`."""
    for file in files():
        if file.is_relative_to(folder) and file.suffix == suffix:
            yield file


def text(file: Path) -> str:
    """The content of a file of the project; what is no text reads as nothing."""
    try:
        return (PROJECT / file).read_text()
    except UnicodeDecodeError:
        return ""


def sql_code(file: Path) -> str:
    """SQL or Jinja without its comments and without what stands in single quotes."""
    bare = re.sub(r"\{#.*?#\}|--[^\n]*", "", text(file), flags=re.DOTALL)
    return re.sub(r"'[^'\n]*'", "''", bare)


@dataclass(frozen=True)
class Model:
    """A dbt model, by its entry in the manifest."""

    node: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.node["name"])

    @property
    def room(self) -> str:
        """The folder directly below `models`."""
        return Path(self.node["original_file_path"]).parts[1]

    @property
    def folder(self) -> str:
        """The folder that the model lies in; in staging, the source."""
        return Path(self.node["original_file_path"]).parts[-2]

    @property
    def is_public(self) -> bool:
        return bool(self.node["config"]["access"] == "public")

    @property
    def columns(self) -> list[dict[str, Any]]:
        return list(self.node["columns"].values())

    @property
    def parents(self) -> list[str]:
        """Unique ids of what the model reads."""
        return list(self.node["depends_on"]["nodes"])


def models(manifest: Manifest) -> dict[str, Model]:
    """Every model of the project by its unique id."""
    return {
        unique_id: Model(node)
        for unique_id, node in manifest.content["nodes"].items()
        if node["resource_type"] == "model"
    }


def doorways(manifest: Manifest) -> list[Model]:
    """The public models."""
    return [model for model in models(manifest).values() if model.is_public]
