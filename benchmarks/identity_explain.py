"""How long it takes to say why two identifiers of a large cluster are one customer."""

from collections.abc import Iterator
from statistics import median

from benchmarks.bench import Bench
from benchmarks.figures import AtMost, Figure, seconds
from orchestration.explain import explain
from orchestration.warehouse import PROJECT, Home, connect

CHAIN = PROJECT / "sandbox" / "explained_chain.sql"
LONGEST = 1_000
# The whole way, and neighbours.
PAIRS = ((1, LONGEST), (1, 2))


def figures(bench: Bench) -> Iterator[Figure]:
    """The slowest of several pairs of a chain, the worst cluster there is, against a second."""
    home = bench.fresh_home("explain")
    bench.report("publishing a chain")
    others = bench.edges // 5
    with connect(home.serving) as connection:
        connection.execute("set variable longest = ?", [LONGEST])
        connection.execute("set variable strangers = ?", [others])
        connection.execute(CHAIN.read_text())
    bench.report("explaining pairs")
    slowest = max(median(_explained(home, *pair) for _ in range(bench.rounds)) for pair in PAIRS)
    yield Figure(
        "identity",
        f"explaining any pair of a cluster of {LONGEST:,} ÷ 1 s",
        slowest,
        f"{slowest:.2f} s, slowest of {len(PAIRS)} pairs in a chain, among {others:,} identifiers "
        f"of others, n={bench.rounds}",
        AtMost(1.0),
    )


def _explained(home: Home, one: int, other: int) -> float:
    return seconds(lambda: explain(home, _address(one), _address(other)))


def _address(number: int) -> str:
    return f"ann{number}@acme.example"
