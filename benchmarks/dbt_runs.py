"""dbt runs in this process, with the seconds of every model."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest as ParsedManifest

from orchestration.warehouse import PROJECT, Home, Manifest


class DbtError(RuntimeError):
    """dbt did not succeed; the text is dbt's own."""


@dataclass(frozen=True)
class Profile:
    """One dbt run: its seconds without the start of the process, and those of each model."""

    seconds: float
    models: dict[str, float]

    def dearest(self, count: int = 5) -> str:
        """The models that took longest, with their seconds and those of all models."""
        ranked = sorted(self.models.items(), key=lambda each: -each[1])[:count]
        named = ", ".join(f"{model} {taken:.1f}" for model, taken in ranked)
        return f"{len(self.models)} models {sum(self.models.values()):.1f} s: {named}"


@dataclass(frozen=True)
class Dbt:
    """The parsed project, and a target folder of the bench's own."""

    target: Path
    project: ParsedManifest

    @classmethod
    def parsed(cls, root: Path) -> "Dbt":
        """Parse the project into `root/target`; DbtError if it does not parse."""
        target = root / "target"
        with _home(Home(root)):
            parsed = dbtRunner().invoke(["parse", *options(target)])
        if not isinstance(parsed.result, ParsedManifest):
            raise DbtError(str(parsed.exception))
        return cls(target, parsed.result)

    @property
    def manifest(self) -> Manifest:
        """The manifest as the orchestration reads it."""
        return Manifest(self.target / "manifest.json")

    def run(self, command: str, home: Home) -> Profile:
        """Let dbt `run` or `seed` a home; DbtError if a node fails."""
        with _home(home):
            # A manifest that is handed over spares dbt the parsing.
            outcome = dbtRunner(manifest=self.project).invoke([command, *options(self.target)])
        # dbt would keep the files until this process ends.
        close: Callable[[], None] = DuckDBConnectionManager.close_all_connections
        close()
        result = outcome.result
        if not isinstance(result, RunExecutionResult) or not outcome.success:
            raise DbtError(str(outcome.exception or result))
        models = {each.node.name: each.execution_time for each in result.results}
        return Profile(result.elapsed_time, models)


def options(target: Path) -> list[str]:
    """What every dbt command of the bench is told: this project, and nothing written into it."""
    folders = {
        "--project-dir": PROJECT,
        "--profiles-dir": PROJECT,
        "--target-path": target,
        "--log-path": target / "logs",
    }
    return ["--quiet", *(str(part) for pair in folders.items() for part in pair)]


@contextmanager
def _home(home: Home) -> Iterator[None]:
    """dbt's profile finds its files through KITH_HOME."""
    before = os.environ.get("KITH_HOME")
    os.environ["KITH_HOME"] = str(home.root)
    try:
        yield
    finally:
        if before is None:
            del os.environ["KITH_HOME"]
        else:
            os.environ["KITH_HOME"] = before
