"""Area `identity`: who is who, as connected components of all links, whole and in increments."""

from collections.abc import Iterator

from benchmarks import identity_explain, identity_full, identity_growth, identity_shapes
from benchmarks.bench import Bench
from benchmarks.figures import Figure


def figures(bench: Bench) -> Iterator[Figure]:
    """Components against scipy and Splink, what is new against all, rounds, and explaining."""
    for part in (identity_full, identity_growth, identity_shapes, identity_explain):
        yield from part.figures(bench)
