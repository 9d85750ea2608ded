"""Kinds of source that only a test knows."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.sources import description

Describe = Callable[[Mapping[str, Any] | str], None]


@pytest.fixture
def describe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Describe]:
    """Makes `acme` the only kind, by what its file says."""

    def write(said: Mapping[str, Any] | str) -> None:
        text = said if isinstance(said, str) else yaml.safe_dump(dict(said))
        (tmp_path / "acme.yml").write_text(text)
        _read_anew()

    monkeypatch.setattr(description, "FOLDER", tmp_path)
    yield write
    _read_anew()


def _read_anew() -> None:
    description.description.cache_clear()
    description.kinds.cache_clear()
