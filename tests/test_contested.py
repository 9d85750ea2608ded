"""Which evidence gives way where a limit or a steward forbids one customer."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sandbox.graph_project import GraphProject
from tests.effort import scaled
from tests.union_find import partition, union_find


@dataclass
class Contest:
    """Links (a, b, strength), what each node counts as, how many are allowed, who stays apart."""

    links: list[tuple[int, int, int]]
    names: dict[int, str] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    never: list[tuple[int, int]] = field(default_factory=list)

    def rows(self) -> list[tuple[object, ...]]:
        nodes = {node for a, b, _ in self.links for node in (a, b)}
        return [
            *(("link", a, b, strength, None, None) for a, b, strength in self.links),
            *(
                ("limit", node, None, None, self.names[node], self.most[self.names[node]])
                for node in nodes
                if self.names.get(node) in self.most
            ),
            *(("never", a, b, None, "Kim: two people", None) for a, b in self.never),
        ]

    def settled(self) -> tuple[set[frozenset[int]], set[int]]:
        """The parts, and the nodes whose links gave way, by the rule in words and no SQL."""
        parts = {node: node for a, b, _ in self.links for node in (a, b)}
        yielded: set[int] = set()
        for strength in sorted({each for _, _, each in self.links}):
            links = [(a, b) for a, b, each in self.links if each == strength and b not in yielded]
            links = [(a, b) for a, b in links if parts[a] != parts[b]]
            for blame in ("joining", "all", "nobody"):
                wholes = union_find((parts[a], parts[b]) for a, b in links)
                broken = self.broken(parts, wholes) if strength else set()
                at_fault = {b for a, b in links if wholes[parts[a]] in broken}
                if blame == "joining":
                    at_fault = {b for b in at_fault if self.joins(b, links, parts, broken)}
                yielded |= at_fault
                links = [(a, b) for a, b in links if b not in at_fault]
            parts = {node: wholes.get(part, part) for node, part in parts.items()}
        return partition(parts), yielded

    def broken(self, parts: dict[int, int], wholes: dict[int, int]) -> set[int]:
        counts: dict[tuple[int, str], Counter[int]] = defaultdict(Counter)
        for node, part in parts.items():
            counts[wholes.get(part, part), self.names.get(node, "")][part] += 1
        found = {
            whole
            for (whole, name), of_part in counts.items()
            if name in self.most
            and sum(of_part.values()) > self.most[name]
            and sum(of_part.values()) > max(of_part.values())
        }
        meetings = {self.meets(a, b, parts, wholes) for a, b in self.never}
        return found | {whole for whole in meetings if whole is not None}

    @staticmethod
    def meets(a: int, b: int, parts: dict[int, int], wholes: dict[int, int]) -> int | None:
        if a not in parts or b not in parts or parts[a] == parts[b]:
            return None
        whole = wholes.get(parts[a], parts[a])
        return whole if whole == wholes.get(parts[b], parts[b]) else None

    def joins(
        self, b: int, links: list[tuple[int, int]], parts: dict[int, int], broken: set[int]
    ) -> bool:
        company = sum(part == parts[b] for part in parts.values())
        others = {parts[a] for a, other in links if other == b}
        wholes = union_find((parts[x], parts[y]) for x, y in links)
        kept_apart = {
            node
            for pair in self.never
            if (whole := self.meets(*pair, parts, wholes)) in broken and whole is not None
            for node in pair
        }
        return company > 1 or len(others) > 1 or b in kept_apart


def build(project: GraphProject, contests: list[Contest]) -> None:
    with project.connect() as connection:
        connection.execute("drop table if exists graph.contested")
        connection.execute("truncate graph.rules")
        for contest in contests:
            connection.executemany(
                "insert into graph.rules values (?, ?, ?, ?, ?, ?)", contest.rows()
            )
    project.build("contested")


def found(project: GraphProject) -> tuple[set[frozenset[int]], set[int]]:
    with project.connect() as connection:
        rows = connection.execute(
            "select node_id, component, guard is not null from graph.contested"
        ).fetchall()
    return partition({node: part for node, part, _ in rows}), {
        node for node, _, gave in rows if gave
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> GraphProject:
    return GraphProject.create(tmp_path_factory.mktemp("contested") / "project")


def contest(dice: random.Random, start: int) -> Contest:
    """A random group: people with accounts, addresses, telephones and devices that some share."""
    kinds = ["account", "address", "telephone", "device"]
    nodes = list(range(start, start + dice.randrange(4, 16)))
    names = {node: dice.choice(kinds) for node in nodes}
    rank = {kind: 10 * (index + 1) for index, kind in enumerate(kinds)}
    links = {}
    for _ in range(dice.randrange(3, 24)):
        a, b = sorted(dice.sample(nodes, 2), key=lambda node: (rank[names[node]], node))
        links[a, b] = 0 if dice.random() < 0.05 else rank[names[b]]
    never = [tuple(dice.sample(nodes, 2)) for _ in range(dice.randrange(3))]
    return Contest(
        links=[(a, b, strength) for (a, b), strength in links.items()],
        names=names,
        most={"account": dice.randrange(1, 3), "address": dice.randrange(1, 4), "telephone": 2},
        never=[(a, b) for a, b in never],
    )


@settings(
    max_examples=scaled(2), deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(dice=st.randoms(use_true_random=True))
def test_the_weakest_evidence_gives_way_as_the_rule_says(
    project: GraphProject, dice: random.Random
) -> None:
    contests = [contest(dice, 100 * index) for index in range(60)]
    build(project, contests)
    parts, yielded = found(project)
    expected = [each.settled() for each in contests]
    assert yielded == set().union(*(gave_way for _, gave_way in expected))
    assert parts == set().union(*(groups for groups, _ in expected))


# 1 and 2 are accounts, 3 and up what they use.
ACCOUNTS = {1: "account", 2: "account", 7: "account", 8: "account"}


def test_a_shared_tablet_joins_nobody(project: GraphProject) -> None:
    tablet = 5
    build(
        project,
        [
            Contest(
                [(1, 3, 60), (2, 4, 60), (1, tablet, 50), (2, tablet, 50)], ACCOUNTS, {"account": 1}
            )
        ],
    )
    assert found(project) == ({frozenset({1, 3}), frozenset({2, 4}), frozenset({tablet})}, {tablet})


def test_a_family_telephone_gives_way_before_an_address_does(project: GraphProject) -> None:
    address, telephone = 3, 4
    links = [(1, address, 60), (1, telephone, 70), (2, address, 60), (7, telephone, 70)]
    build(project, [Contest(links, ACCOUNTS, {"account": 2})])
    assert found(project) == (
        {frozenset({1, 2, address}), frozenset({7}), frozenset({telephone})},
        {telephone},
    )


def test_a_call_centre_s_number_glues_none_of_its_callers(project: GraphProject) -> None:
    callers = {node: "lead" for node in range(100, 130)}
    links = [(caller, 99, 74) for caller in callers]
    build(project, [Contest(links, callers, {"lead": 20})])
    parts, yielded = found(project)
    assert yielded == {99}
    assert all(len(part) == 1 for part in parts)


def test_whom_a_steward_keeps_apart_no_chain_of_evidence_joins(project: GraphProject) -> None:
    links = [(1, 3, 60), (3, 4, 70), (2, 4, 70), (2, 5, 60)]
    build(project, [Contest(links, {}, {}, never=[(1, 2)])])
    assert found(project) == ({frozenset({1, 3}), frozenset({2, 5}), frozenset({4})}, {4})


def test_a_steward_s_link_holds_even_beyond_a_limit_and_lets_nothing_weaker_add_to_it(
    project: GraphProject,
) -> None:
    links = [(1, 2, 0), (1, 3, 60), (2, 4, 70), (7, 4, 70)]
    build(project, [Contest(links, ACCOUNTS, {"account": 1})])
    assert found(project) == ({frozenset({1, 2, 3}), frozenset({7}), frozenset({4})}, {4})


def test_the_order_in_which_links_arrived_changes_nothing(project: GraphProject) -> None:
    dice = random.Random(5)  # noqa: S311 - not for secrets
    one = contest(dice, 0)
    build(project, [one])
    as_given = found(project)
    # Whoever came first has the least number: number everybody anew.
    nodes = sorted({node for a, b, _ in one.links for node in (a, b)} | set(one.names))
    anew = dict(zip(nodes, dice.sample(nodes, len(nodes)), strict=True))
    other = Contest(
        [(anew[a], anew[b], strength) for a, b, strength in one.links],
        {anew[node]: name for node, name in one.names.items()},
        one.most,
        [(anew[a], anew[b]) for a, b in one.never],
    )
    build(project, [other])
    parts, yielded = found(project)
    assert parts == {frozenset(anew[node] for node in part) for part in as_given[0]}
    assert yielded == {anew[node] for node in as_given[1]}


def test_what_is_decided_anew_replaces_what_was_decided(
    project: GraphProject, tmp_path: Path
) -> None:
    own = GraphProject.create(tmp_path / "project")
    tablet = Contest([(1, 5, 50), (2, 5, 50)], ACCOUNTS, {"account": 1})
    other = Contest([(7, 9, 50), (8, 9, 50)], ACCOUNTS, {"account": 1})
    build(own, [tablet, other])
    with own.connect() as connection:
        connection.execute("truncate graph.rules")
        connection.execute(
            "insert into graph.rules select 'again', unnest([1, 2, 5]), null, null, null, null"
        )
    own.build("contested")
    assert found(own) == ({frozenset({7}), frozenset({8}), frozenset({9})}, {9})
