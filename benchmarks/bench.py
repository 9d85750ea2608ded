"""What all areas share: how much to measure on, where the bench's files lie, the made world."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from shutil import rmtree

from benchmarks.dbt_runs import Dbt
from orchestration.sources.declaration import Declaration, declarations
from orchestration.warehouse import Home, connect
from sandbox import world
from sandbox.whole_folder import whole_folder

SQL = Path(__file__).parent
# Fewer events than this show that a benchmark works, and nothing else.
FEWEST_WORTH_REPEATING = 50_000
INCREMENTS = 3
BASE_FILES = 100
# The synthetic world at its quietest; there are about as many CRM records as people.
EVENTS_A_PERSON = 8.8
COPIES = 9


@dataclass(frozen=True)
class Bench:
    """One run of the benchmarks. Nothing is written outside `root`, which is KITH_HOME/bench."""

    root: Path
    events: int
    edges: int
    report: Callable[[str], None] = field(repr=False)

    @property
    def rounds(self) -> int:
        """How often a short measurement is repeated."""
        return 3 if self.events >= FEWEST_WORTH_REPEATING else 1

    @property
    def many_rounds(self) -> int:
        """How often what takes a second or three is repeated, where the bound is close."""
        return 3 * self.rounds if self.rounds > 1 else 1

    @property
    def graphs(self) -> list[int]:
        """The edges of the graphs in which identity is measured: a fifth, and all."""
        return [self.edges // 5, self.edges] if self.rounds > 1 else [self.edges]

    @cached_property
    def dbt(self) -> Dbt:
        """The dbt project, parsed once."""
        self.report("parsing the dbt project")
        return Dbt.parsed(self.root)

    @cached_property
    def declarations(self) -> list[Declaration]:
        """The source tables, as the load reads them."""
        return declarations(self.dbt.manifest)

    @cached_property
    def landed(self) -> Path:
        """A landing folder: about `events` events in 100 files, 1 % more of them in each of three
        further files, and about as many CRM records. Made once per number of events.
        """
        made = self.root / f"world-{self.events}"
        if not made.exists():
            made.parent.mkdir(parents=True, exist_ok=True)
            with whole_folder(made) as part:
                self._make(part)
        return made

    def base_events(self) -> list[Path]:
        """The event files without the increments."""
        return sorted((self.landed / "events").iterdir())[:BASE_FILES]

    def increments(self) -> list[Path]:
        """Event files that arrive later, each with 1 % of the events."""
        return sorted((self.landed / "events").iterdir())[BASE_FILES:]

    def fresh_home(self, name: str) -> Home:
        """An empty home of the bench's own."""
        home = Home(self.root / f"{name}-{self.events}")
        rmtree(home.root, ignore_errors=True)
        home.landing.mkdir(parents=True)
        return home

    def land(self, home: Home, files: list[Path]) -> None:
        """Put files of the world into a home's landing folder, without copying them."""
        for file in files:
            target = home.landing / file.relative_to(self.landed)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(file, target)

    def _make(self, folder: Path) -> None:
        wanted = self.events * (BASE_FILES + INCREMENTS) / BASE_FILES
        people = max(100, round(wanted / EVENTS_A_PERSON))
        made = world.build(
            folder / "world",
            people=people,
            events=0,
            files=BASE_FILES + INCREMENTS,
            report=lambda step: self.report(f"making the world: {step}"),
        )
        for source, tables in (("hubspot", made.hubspot), ("salesforce", made.salesforce)):
            for table in sorted(tables.glob("*.parquet")):
                self.report(f"making CRM records: {source} {table.stem}")
                _multiply(table, folder / source / table.stem.lower())
            marker = folder / source / "_dlt_loads" / f"{source}__bench.jsonl"
            marker.parent.mkdir()
            marker.touch()
        made.events[0].parent.rename(folder / "events")
        (made.ads.parent).rename(folder / "ads")
        rmtree(folder / "world")


def _multiply(records: Path, landing: Path) -> None:
    """A completed dlt load with every record and copies of it that are other people."""
    landing.mkdir(parents=True)
    with connect(Path(":memory:")) as connection:
        connection.execute("set variable records = ?", [str(records)])
        connection.execute("set variable copies = ?", [COPIES])
        connection.execute("set variable landed = ?", [str(landing / "bench.0.parquet")])
        connection.execute((SQL / "more_records.sql").read_text())
