"""How many rounds the contraction takes on graphs on which it may go wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.bench import SQL, Bench
from benchmarks.figures import AtMost, Figure
from benchmarks.identity_build import first_build
from benchmarks.identity_graph import check, empty_project
from sandbox.graph_project import GraphProject

MOST_NODES = 100_000
# At a hundred thousand nodes, as the default graph of five million edges has it.
EDGES_A_NODE = 50
# Where it is only shown that this works.
FEW = ("path, bit-reversed", "star, least hub")
JUMPS_AT_ONCE = 3
ROUNDS = re.compile(r"components: edges by round \[([\d, ]+)\]")
JUMPED = re.compile(r"create or replace temp table components_hooks_\d+(?:_next)? as with jump_0")


@dataclass(frozen=True)
class Shape:
    """A graph by name, and what it took."""

    name: str
    rounds: int
    jumps: int


def figures(bench: Bench) -> Iterator[Figure]:
    """The rounds of the worst shape."""
    nodes = min(MOST_NODES, bench.edges // EDGES_A_NODE)
    project = empty_project(bench, "shapes")
    with project.connect() as connection:
        connection.execute("set variable nodes = ?", [nodes])
        connection.execute((SQL / "identity_shapes.sql").read_text())
        names = [
            name for (name,) in connection.execute("select distinct shape from shapes").fetchall()
        ]
    shapes = [_contracted(bench, project, name) for name in (names if bench.rounds > 1 else FEW)]
    shapes.sort(key=lambda shape: (-shape.rounds, -shape.jumps))
    yield Figure(
        "identity",
        f"most rounds of {len(shapes)} adversarial shapes, {nodes:,} nodes each",
        shapes[0].rounds,
        "rounds/jumps: "
        + ", ".join(f"{shape.name} {shape.rounds}/{shape.jumps}" for shape in shapes),
        AtMost(20),
    )


def _contracted(bench: Bench, project: GraphProject, shape: str) -> Shape:
    bench.report(f"components of a {shape}")
    with project.connect() as connection:
        connection.execute("truncate graph.links")
        connection.execute(
            "insert into graph.links select '', a, b, true, 1 from shapes where shape = ?", [shape]
        )
    first_build(project)
    check(project)
    return Shape(shape, *_last_contraction((project.folder / "logs" / "dbt.log").read_text()))


def _last_contraction(log: str) -> tuple[int, int]:
    """Rounds and pointer jumps of the last build that a debug log tells of."""
    *earlier, last = ROUNDS.finditer(log)
    since = earlier[-1].end() if earlier else 0
    jumps = JUMPED.findall(log, since, last.start())
    return last.group(1).count(","), JUMPS_AT_ONCE * len(jumps)
