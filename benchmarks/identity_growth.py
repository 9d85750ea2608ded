"""New and withdrawn links, as a share of finding all components anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.bench import Bench
from benchmarks.figures import AtMost, Figure
from benchmarks.identity_build import first_build
from benchmarks.identity_graph import check, project
from benchmarks.identity_peers import by_scipy_without_dictionary
from sandbox.graph_project import Built, GraphProject

# How much larger one history is than another, and what part of it the batch is that both take up.
LARGER = 20
BATCH = 500


def figures(bench: Bench) -> Iterator[Figure]:
    """One graph that grows and shrinks, and one with a short history, ids numbered as they come."""
    edges = bench.edges
    arriving = bench.rounds * (edges // 100 + edges // 2_000 + edges // BATCH)
    long = _Growing.begin(bench, "long", edges - arriving)
    full = long.full()
    yield _dense(long, full)
    for share, name, bound in ((2_000, "0.05 %", 0.03), (100, "1 %", 0.06)):
        yield _share(f"+{name} edges", long.arrive(edges // share), full, edges // share, bound)
    short = _Growing.begin(bench, "short", edges // LARGER)
    short.full()
    yield _same_batch(long, short, edges)
    withdrawn = long.withdraw(edges // 1_000)
    yield _share("withdrawing 0.1 % of edges", withdrawn, full, edges // 1_000, 0.10)


@dataclass
class _Growing:
    """A project, and up to which number the edges have arrived."""

    bench: Bench
    project: GraphProject
    arrived: int
    withdrawn: int = 0

    @classmethod
    def begin(cls, bench: Bench, name: str, edges: int) -> "_Growing":
        """The first edges of the graph."""
        return cls(bench, project(bench, name, bench.edges, edges, "dense"), edges)

    def full(self) -> list[Built]:
        """All components anew, each time."""
        self.bench.report(f"all components of {self.arrived:,} edges")
        return [first_build(self.project) for _ in range(self.bench.rounds)]

    def arrive(self, edges: int) -> list[Built]:
        """So many further edges, each time."""
        built = []
        for _ in range(self.bench.rounds):
            built.append(self._take_up(self.arrived, self.arrived + edges, is_used=True))
            self.arrived += edges
        check(self.project)
        return built

    def withdraw(self, edges: int) -> list[Built]:
        """So many of the oldest edges less, each time."""
        built = []
        for _ in range(self.bench.rounds):
            built.append(self._take_up(self.withdrawn, self.withdrawn + edges, is_used=False))
            self.withdrawn += edges
        check(self.project)
        return built

    def _take_up(self, above: int, to: int, *, is_used: bool) -> Built:
        self.bench.report(f"{to - above:,} edges onto {self.arrived:,}, or off them")
        self.project.replace(
            f"select concat('e', number) as evidence, a, b, {is_used} as is_used "
            f"from arriving where number > {above} and number <= {to}"
        )
        return self.project.build()


def _dense(long: _Growing, full: list[Built]) -> Figure:
    rounds = range(long.bench.rounds)
    scipy = median(by_scipy_without_dictionary(long.project.database) for _ in rounds)
    return Figure(
        "identity",
        f"components of {long.arrived:,} edges, ids as they come ÷ scipy without a dictionary",
        _seconds(full) / scipy,
        f"{_said(full)}; scipy {scipy:.2f} s, n={len(full)}",
    )


def _share(name: str, built: list[Built], full: list[Built], edges: int, bound: float) -> Figure:
    return Figure(
        "identity",
        f"{name} ÷ all components anew",
        _seconds(built) / _seconds(full),
        f"{edges:,} edges in {_said(built)}; anew {_said(full)}",
        AtMost(bound),
    )


def _same_batch(long: _Growing, short: _Growing, edges: int) -> Figure:
    histories = f"{long.arrived:,} edges", f"{short.arrived:,}"
    ours, theirs = (growing.arrive(edges // BATCH) for growing in (long, short))
    return Figure(
        "identity",
        f"+{edges // BATCH:,} edges to a history ÷ to one {LARGER}x shorter",
        _with_checkpoint(ours) / _with_checkpoint(theirs),
        f"{histories[0]}: {_said(ours)}; {histories[1]}: {_said(theirs)}; with checkpoints",
        AtMost(3.0),
    )


def _seconds(built: list[Built]) -> float:
    return median(each.seconds for each in built)


def _with_checkpoint(built: list[Built]) -> float:
    return median(each.seconds + each.checkpoint for each in built)


def _said(built: list[Built]) -> str:
    checkpoint = median(each.checkpoint for each in built)
    return f"{_seconds(built):.2f} s (checkpoint {checkpoint:.2f}), n={len(built)}"
