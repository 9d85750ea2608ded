"""A figure: one ratio, measured side by side in one run, and the bound that it should keep."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True)
class AtLeast:
    """The ratio should not be smaller."""

    value: float

    def __str__(self) -> str:
        return f">= {self.value:g}"

    def is_kept_by(self, ratio: float) -> bool:
        """Whether a ratio keeps the bound."""
        return ratio >= self.value


@dataclass(frozen=True)
class AtMost:
    """The ratio should not be greater."""

    value: float

    def __str__(self) -> str:
        return f"<= {self.value:g}"

    def is_kept_by(self, ratio: float) -> bool:
        """Whether a ratio keeps the bound."""
        return ratio <= self.value


@dataclass(frozen=True)
class Figure:
    """One row of the table; `detail` gives the absolute values and how often each was measured."""

    area: str
    name: str
    ratio: float
    detail: str
    bound: AtLeast | AtMost | None = None

    def row(self) -> dict[str, Any]:
        """As `bench.json` has it; without a bound, `bound` and `holds` are null."""
        return {
            "area": self.area,
            "name": self.name,
            "ratio": round(self.ratio, 4),
            "bound": None if self.bound is None else str(self.bound),
            "holds": None if self.bound is None else self.bound.is_kept_by(self.ratio),
            "detail": self.detail,
        }


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes, once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(count: int, *works: Callable[[], object]) -> list[float]:
    """The median seconds of each piece of work, taken in turns so that all share the noise."""
    rounds = [[seconds(work) for work in works] for _ in range(count)]
    return [median(times) for times in zip(*rounds, strict=True)]


def save(path: Path, figures: Sequence[Figure], measured: set[str], areas: Sequence[str]) -> None:
    """Write all rows in the order of the areas; rows of areas not `measured` now stay as they were.

    Rows of an area that no longer exists are dropped.
    """
    earlier = json.loads(path.read_text()) if path.exists() else []
    rows = [row for row in earlier if row["area"] in areas and row["area"] not in measured]
    rows += [figure.row() for figure in figures]
    rows.sort(key=lambda row: areas.index(row["area"]))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
