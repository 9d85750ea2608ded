"""The plainest connected components: an oracle for whatever computes them otherwise."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar


class Ordered(Protocol):
    """A node of a graph: the least of a component names it."""

    def __lt__(self, other: Any, /) -> bool: ...  # noqa: ANN401 - as typeshed has it


Node = TypeVar("Node", bound=Ordered)


def union_find(together: Iterable[Iterable[Node]]) -> dict[Node, Node]:
    """The least node of each node's connected component, for sets of nodes that belong together."""
    parents: dict[Node, Node] = {}

    def root(node: Node) -> Node:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for nodes in together:
        roots = {root(each) for each in nodes}
        for each in roots:
            parents[each] = min(roots)
    return {node: root(node) for node in parents}


def partition(labels: Mapping[Node, Any]) -> set[frozenset[Node]]:
    """The groups of nodes that share a label."""
    groups: dict[Any, set[Node]] = {}
    for node, label in labels.items():
        groups.setdefault(label, set()).add(node)
    return {frozenset(group) for group in groups.values()}
