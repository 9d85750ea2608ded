"""All components of a graph at once, against scipy and Splink."""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench
from benchmarks.figures import AtMost, Figure
from benchmarks.identity_build import by_kith
from benchmarks.identity_graph import check, empty_project, project
from benchmarks.identity_peers import by_scipy, by_splink, nothing
from benchmarks.identity_process import Run, run
from sandbox.graph_project import GraphProject

WORTH_REPEATING_SECONDS = 60
PATIENCE_SECONDS = 300

Way = Callable[[Path], float]


def figures(bench: Bench) -> Iterator[Figure]:
    """Seconds and memory on identifiers as they are: 63-bit numbers without an order."""
    idle = _in_turns(bench, empty_project(bench, "empty"), by_kith, nothing)
    for edges in bench.graphs:
        runs = _measured(bench, edges)
        yield from _times(edges, *runs)
        yield _memory(edges, runs, idle)


def _times(edges: int, ours: list[Run], scipy: list[Run], splink: list[Run]) -> Iterator[Figure]:
    yield Figure(
        "identity",
        f"components of {edges:,} edges ÷ scipy",
        _seconds(ours) / _seconds(scipy),
        f"{_said(ours)}; scipy {_said(scipy)}, from the table and back",
        AtMost(1.0),
    )
    yield Figure(
        "identity",
        f"components of {edges:,} edges ÷ Splink",
        _seconds(ours) / _seconds(splink),
        f"{_said(ours)}; Splink {_said(splink)}, clustering only, in memory",
        AtMost(0.33),
    )


def _memory(edges: int, runs: list[list[Run]], idle: list[list[Run]]) -> Figure:
    ours, scipy, splink = (_peak(each) for each in runs)
    build, imports = (_peak(each) for each in idle)
    return Figure(
        "identity",
        f"memory for components of {edges:,} edges ÷ scipy",
        (ours - build) / (scipy - imports),
        f"peak {ours:,.0f} MB less {build:,.0f} of an empty build; scipy {scipy:,.0f} MB less "
        f"{imports:,.0f} of imports; Splink {splink:,.0f} MB; n={len(runs[0])}",
        AtMost(1.2),
    )


def _measured(bench: Bench, edges: int) -> list[list[Run]]:
    """The runs of each way, all of which found the same components."""
    made = project(bench, f"raw-{edges}", edges, edges, "raw")
    runs = _in_turns(bench, made, by_kith, by_scipy, by_splink)
    bench.report("comparing the components")
    check(made)
    if _was_finished(runs[-1]):
        check(made, "by_splink")
    return runs


def _in_turns(bench: Bench, project: GraphProject, *ways: Way) -> list[list[Run]]:
    runs: list[list[Run]] = [[] for _ in ways]
    for number in range(bench.rounds):
        for way, earlier in zip(ways, runs, strict=True):
            if earlier and earlier[0].seconds > WORTH_REPEATING_SECONDS:
                continue
            step = f"{project.folder.name}: {way.__name__}, {number + 1} of {bench.rounds}"
            bench.report(step.replace("_", " "))
            earlier.append(run(way, project.database, PATIENCE_SECONDS))
    return runs


def _was_finished(runs: list[Run]) -> bool:
    return all(each.peak is not None for each in runs)


def _seconds(runs: list[Run]) -> float:
    return median(each.seconds for each in runs)


def _said(runs: list[Run]) -> str:
    seconds = f"{_seconds(runs):.2f} s, n={len(runs)}"
    return seconds if _was_finished(runs) else f"stopped after {seconds}"


def _peak(runs: list[Run]) -> float:
    """In MB; NaN if a run was stopped."""
    return median(each.peak / 1e6 if each.peak else float("nan") for each in runs)
