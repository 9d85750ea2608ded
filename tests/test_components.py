"""Connected components in SQL, whole and in pieces, against the plainest way to compute them."""

import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sandbox.graph_project import GraphProject
from tests.effort import scaled
from tests.union_find import union_find

Edge = tuple[int, int]
Row = tuple[str, int | None, int, bool]
SHAPES: dict[str, Callable[[int, random.Random], list[Edge]]] = {
    "chain": lambda size, _: [(each, each + 1) for each in range(size - 1)],
    "star": lambda size, _: [(0, each) for each in range(1, size)],
    "star of the youngest": lambda size, _: [(size - 1, each) for each in range(size - 1)],
    "cycle": lambda size, _: [(each, (each + 1) % size) for each in range(size)],
    "pairs": lambda size, _: [(each, each + 1) for each in range(0, size - 1, 2)],
    "comb": lambda size, _: (
        [(each, each + 2) for each in range(0, size - 2, 2)]
        + [(each, each + 1) for each in range(0, size - 1, 2)]
    ),
    "random": lambda size, dice: [
        (dice.randrange(size), dice.randrange(size)) for _ in range(size)
    ],
}


class Evidence:
    """Pieces of evidence over nodes, and which of their nodes each still uses."""

    def __init__(self) -> None:
        self.held: dict[str, set[int]] = {}
        self.used: dict[str, set[int]] = {}

    def state(self, evidence: str, used: set[int]) -> None:
        self.held[evidence] = self.held.get(evidence, set()) | used
        self.used[evidence] = used

    def rows(self, chosen: Iterable[str], dice: random.Random) -> list[Row]:
        """Links as the model gives them: stars around a node in use."""
        rows = []
        for evidence in chosen:
            used = self.used[evidence]
            anchor = dice.choice(sorted(used)) if used else None
            rows += [
                (evidence, anchor, node, node in used)
                for node in self.held[evidence]
                if node != anchor
            ]
        dice.shuffle(rows)
        return rows

    def components(self) -> dict[int, int]:
        return union_find(nodes for nodes in self.used.values() if len(nodes) > 1)


def replace(project: GraphProject, rows: list[Row]) -> None:
    with project.connect() as connection:
        connection.execute(
            "create or replace table stated as select unnest(?::varchar[]) as evidence, "
            "unnest(?::bigint[]) as a, unnest(?::bigint[]) as b, unnest(?::boolean[]) as is_used",
            [list(column) for column in zip(*rows, strict=True)],
        )
    project.replace("from stated")


def agree(project: GraphProject, evidence: Evidence) -> None:
    """The table says of every node what the oracle says; who is linked no more stands alone."""
    expected = evidence.components()
    found = project.components()
    assert {node: found.get(node, node) for node in expected} == expected
    assert {node: node for node in found if node not in expected} == {
        node: component for node, component in found.items() if node not in expected
    }


@st.composite
def graphs(draw: st.DrawFn) -> list[list[Edge]]:
    """Several graphs beside each other, their nodes numbered in any order of arrival."""
    dice = draw(st.randoms(use_true_random=True))
    made, start = [], 0
    shapes = draw(st.lists(st.sampled_from(sorted(SHAPES)), min_size=5, max_size=12))
    for shape in shapes:
        size = draw(st.sampled_from([2, 3, 7, 30, 200]))
        numbers = list(range(start, start + size))
        if draw(st.booleans()):
            dice.shuffle(numbers)
        made.append([(numbers[a], numbers[b]) for a, b in SHAPES[shape](size, dice)])
        start += size
    return made


@settings(
    max_examples=scaled(3),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(drawn=graphs(), dice=st.randoms(use_true_random=True), batches=st.integers(2, 4))
@pytest.mark.timeout(scaled(300))
def test_any_cut_of_the_links_with_withdrawals_ends_in_the_components_of_what_is_left(
    drawn: list[list[Edge]],
    dice: random.Random,
    batches: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    pieces = GraphProject.create(tmp_path_factory.mktemp("graph") / "pieces")
    evidence = Evidence()
    edges = [edge for graph in drawn for edge in graph]
    dice.shuffle(edges)
    for batch in range(batches):
        chosen = [f"{a}-{b}" for a, b in edges[batch::batches]]
        for name, edge in zip(chosen, edges[batch::batches], strict=True):
            evidence.state(name, set(edge))
        # Some evidence names a third node, some is withdrawn, in part or whole, and may come back.
        for name in dice.sample(sorted(evidence.held), k=len(evidence.held) // 10):
            evidence.state(name, {*evidence.held[name], dice.choice(dice.choice(edges))})
            chosen.append(name)
        if batch:
            for name in dice.sample(sorted(evidence.held), k=len(evidence.held) // 8):
                held = sorted(evidence.held[name])
                evidence.state(name, set(dice.sample(held, k=dice.randrange(len(held)))))
                chosen.append(name)
        replace(pieces, evidence.rows(dict.fromkeys(chosen), dice))
        pieces.build()
        agree(pieces, evidence)
    whole = GraphProject.create(tmp_path_factory.mktemp("graph") / "whole")
    replace(whole, evidence.rows(sorted(evidence.held), dice))
    whole.build()
    agree(whole, evidence)


def test_the_same_batch_twice_changes_nothing(tmp_path: Path) -> None:
    project = GraphProject.create(tmp_path / "graph")
    project.replace("select 'e' || i, i, i + 1, true from range(0, 300) as t(i) where i % 7 > 0")
    project.build()
    once = project.components()
    project.replace("select 'e' || i, i, i + 1, true from range(0, 300) as t(i) where i % 7 > 0")
    project.build()
    assert project.components() == once
    project.build()
    assert project.components() == once


def test_a_value_that_a_hundred_thousand_share_is_one_component_and_comes_apart_again(
    tmp_path: Path,
) -> None:
    project = GraphProject.create(tmp_path / "graph")
    project.replace("select 'e' || i, 0, i, true from range(1, 100001) as t(i)")
    project.build()
    assert set(project.components().values()) == {0}
    project.replace("select 'e' || i, 0, i, false from range(1, 100001) as t(i)")
    project.build()
    assert all(node == component for node, component in project.components().items())


def test_a_merge_of_four_that_is_undone_gives_each_the_id_it_had(tmp_path: Path) -> None:
    project = GraphProject.create(tmp_path / "graph")
    project.replace(
        "values ('a', 1, 2, true), ('b', 3, 4, true), ('c', 5, 6, true), ('d', 7, 8, true)"
    )
    project.build()
    apart = project.components()
    project.replace("values ('x', 2, 4, true), ('y', 4, 6, true), ('z', 6, 8, true)")
    project.build()
    assert set(project.components().values()) == {1}
    project.replace("values ('x', 2, 4, false), ('y', 4, 6, false), ('z', 6, 8, false)")
    project.build()
    assert project.components() == apart


def test_a_chain_of_five_links_is_one_component_in_whatever_order_its_links_come(
    tmp_path: Path,
) -> None:
    links = [
        "('a', 1, 2, true)",
        "('b', 2, 3, true)",
        "('c', 3, 4, true)",
        "('d', 4, 5, true)",
        "('e', 5, 6, true)",
    ]
    for index, order in enumerate(((0, 1, 2, 3, 4), (4, 2, 0, 3, 1), (0, 4, 1, 3, 2))):
        project = GraphProject.create(tmp_path / str(index))
        for link in order:
            project.replace(f"values {links[link]}")
            project.build()
        assert project.components() == dict.fromkeys(range(1, 7), 1)
