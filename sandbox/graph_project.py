"""A small dbt project: this project's own materializations, over any graph."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.warehouse import PROJECT, connect

FILES = Path(__file__).with_suffix("")
TABLES = PROJECT / "sandbox" / "graph_project_tables.sql"
TAKE_UP = PROJECT / "sandbox" / "graph_project_take_up.sql"


@dataclass(frozen=True)
class Built:
    """One build: seconds of the model itself, and of the checkpoint of the file after it."""

    seconds: float
    checkpoint: float


@dataclass(frozen=True)
class GraphProject:
    """A folder with a dbt project, and the database of its graph.

    The graph is the table `graph.links(evidence, a, b, is_used, version)`; a build of links has a
    version above all earlier ones. The result is `graph.components(node_id, component)`. What the
    materialization `contested` takes is `graph.rules`, see there.
    """

    folder: Path

    @classmethod
    def create(cls, folder: Path) -> "GraphProject":
        """Write the project into a folder that is new or empty, with a graph without links."""
        (folder / "models").mkdir(parents=True)
        for path in FILES.iterdir():
            target = folder / ("models" if path.suffix == ".sql" else ".") / path.name
            text = Template(path.read_text()).substitute(
                macros=PROJECT / "macros", folder=folder, threads=2, memory="4GB"
            )
            target.write_text(text)
        project = cls(folder)
        with project.connect() as connection:
            connection.execute(TABLES.read_text())
        return project

    @property
    def database(self) -> Path:
        """The DuckDB file that holds links and components."""
        return self.folder / "warehouse.duckdb"

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the graph; no build may run meanwhile."""
        with connect(self.database) as connection:
            yield connection

    def replace(self, links: str) -> None:
        """Take a query's rows (evidence, a, b, is_used) as the newest word on their evidence."""
        with self.connect() as connection:
            connection.execute("truncate graph.given")
            connection.execute(f"insert into graph.given {links}")
            connection.execute(TAKE_UP.read_text())

    def build(self, model: str = "components") -> Built:
        """Build `components`, or `contested` from `graph.rules`.

        Raises AssertionError with dbt's words if it fails.
        """
        target = self.folder / "target"
        result = dbtRunner().invoke(
            [
                "run", "--quiet", "--select", model, "--project-dir", str(self.folder),
                "--profiles-dir", str(self.folder), "--target-path", str(target),
                "--log-path", str(self.folder / "logs"),
            ]
        )  # fmt: skip
        close: Callable[[], None] = DuckDBConnectionManager.close_all_connections
        close()
        if not result.success:
            raise AssertionError(result.exception or "see the log of dbt in the project's folder")
        outcome = json.loads((target / "run_results.json").read_text())
        seconds = {each["unique_id"]: float(each["execution_time"]) for each in outcome["results"]}
        return Built(seconds[f"model.kith.{model}"], seconds["operation.kith.kith-on-run-end-0"])

    def components(self) -> dict[int, int]:
        """The component of every node that a link ever reached."""
        with self.connect() as connection:
            return dict(connection.execute("from graph.components").fetchall())
