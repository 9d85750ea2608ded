"""Graphs to find components in, each in a project of its own."""

from pathlib import Path
from shutil import rmtree
from typing import Literal

from benchmarks.bench import SQL, Bench
from benchmarks.identity_peers import by_scipy
from orchestration.warehouse import connect
from sandbox.graph_project import GraphProject

# A person has a few per cent more: the rest of the graph is left out.
EDGES_A_PERSON = 4.0

Kind = Literal["raw", "dense"]


def project(bench: Bench, name: str, edges: int, links: int, kind: Kind) -> GraphProject:
    """A new project over the first `links` of a graph's `edges`; all of them are in `arriving`.

    Identifiers are 63-bit numbers without an order (raw), or numbered as they come (dense).
    """
    graph = _graph(bench, edges)
    made = empty_project(bench, name)
    with made.connect() as connection:
        connection.execute(f"attach '{graph}' as graph_file (read_only)")
        connection.execute(f"create table arriving as from graph_file.{kind}_edges")
        connection.execute("set variable links = ?", [links])
        connection.execute((SQL / "identity_links.sql").read_text())
    return made


def empty_project(bench: Bench, name: str) -> GraphProject:
    """A new project without links."""
    folder = bench.root / f"identity-{name}"
    rmtree(folder, ignore_errors=True)
    return GraphProject.create(folder)


def check(project: GraphProject, found: str = "graph.components") -> None:
    """AssertionError unless a table has the components that scipy finds in the links now."""
    by_scipy(project.database)
    with project.connect() as connection:
        connection.execute(f"create temp view found as select node_id, component from {found}")
        query = (SQL / "identity_differences.sql").read_text()
        [(different,)] = connection.execute(query).fetchall()
    if different:
        raise AssertionError(f"{found}: {different:,} nodes are in another component than scipy's")


def _graph(bench: Bench, edges: int) -> Path:
    """The database of a graph of so many edges; made once."""
    made = bench.root / f"graph-{edges}.duckdb"
    if not made.exists():
        bench.report(f"making a graph of {edges:,} edges")
        part = made.with_suffix(".part")
        part.unlink(missing_ok=True)
        with connect(part) as connection:
            connection.execute("set variable people = ?", [round(edges / EDGES_A_PERSON)])
            connection.execute("set variable edges = ?", [edges])
            connection.execute((SQL / "identity_graph.sql").read_text())
            connection.execute((SQL / "identity_arrival.sql").read_text())
        part.rename(made)
    return made
