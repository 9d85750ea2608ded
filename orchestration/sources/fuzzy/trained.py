"""Trained models: one file a version, and a pointer to the one in force."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.sources.fuzzy.profiles import FuzzyError
from orchestration.warehouse import Home

POINTER = "current"


@dataclass(frozen=True)
class Model:
    """What was learnt: from how many customers, when (UTC), about which comparisons.

    `parameters` are Splink's own; they hold probabilities and no profile's content.
    """

    version: str
    trained_at: str
    customers: int
    compare: dict[str, str]
    parameters: dict[str, Any]


def keep(home: Home, source: str, model: Model) -> None:
    """Store a model and put it in force; until the last step the former one is."""
    folder = home.models / source
    folder.mkdir(parents=True, exist_ok=True)
    _write(_file(home, source, model.version), json.dumps(asdict(model), indent=1))
    put_in_force(home, source, model.version)


def put_in_force(home: Home, source: str, version: str) -> None:
    """Let the proposals use a version that is stored."""
    _write(home.models / source / POINTER, version)


def in_force(home: Home, source: str) -> Model | None:
    """The model that proposals use; None if none was ever trained."""
    pointer = home.models / source / POINTER
    return stored(home, source, pointer.read_text()) if pointer.exists() else None


def stored(home: Home, source: str, version: str) -> Model | None:
    """A version, if it is there; FuzzyError if its file is damaged."""
    file = _file(home, source, version)
    if not file.exists():
        return None
    try:
        return Model(**json.loads(file.read_text()))
    except (ValueError, TypeError):
        raise FuzzyError(f"{file} is damaged: delete it and train again.") from None


def _file(home: Home, source: str, version: str) -> Path:
    return home.models / source / f"{version}.json"


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
