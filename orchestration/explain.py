"""Why identifiers are one customer, or are not: read from the publication."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.explanation import (
    Change,
    Customer,
    Explanation,
    Identifier,
    Link,
    Refusal,
    Unexplained,
    printable,
)
from orchestration.warehouse import Home, connect

STATEMENTS = Path(__file__).with_suffix(".sql").read_text().split(";\n")
SPELLED, CUSTOMER_IDS, CAUSES, SIMILAR, IDENTIFIERS, LINKS, REFUSALS, HISTORY = STATEMENTS[:8]
NAME, TYPES, _ = STATEMENTS[8:]


@dataclass(frozen=True)
class Match:
    """An identifier that is meant, or the founding one of a customer id that is meant."""

    node_id: int
    customer_id: str
    identifier_type: str


def explain(
    home: Home, identifier: str, other: str | None = None, *, types: Sequence[str] = ()
) -> Explanation:
    """Explain the customer of an identifier or customer id, or what is between two of them.

    `types` says which identifiers are meant where several kinds have the same value. Raises
    FileNotFoundError if nothing is published, Unexplained if nobody is behind what was asked for.
    """
    if not all(text.strip() for text in (identifier, other) if text is not None):
        raise Unexplained("An identifier is empty. Whose is meant?")
    if not home.serving.exists():
        raise FileNotFoundError(f"{home.serving} is missing: nothing is published. `kith run`.")
    with connect(home.serving, read_only=True) as connection:
        try:
            return _answer(_Reader(connection), identifier, other, types)
        except duckdb.CatalogException as missing:
            raise Unexplained(
                "What is published is older than this command: `kith run`."
            ) from missing


def _answer(
    reader: "_Reader", identifier: str, other: str | None, types: Sequence[str]
) -> Explanation:
    if other is None:
        return Explanation(
            question=(identifier,),
            customers=reader.customers(reader.matches(identifier, types)),
            identifier_types=reader.types(),
        )
    one, another = (reader.only_match(text, types) for text in (identifier, other))
    customers = reader.customers((one, another))
    return Explanation(
        question=(identifier, other),
        customers=customers,
        chain=shortest_way(customers[0].links, one.node_id, another.node_id),
        identifier_types=reader.types(),
    )


class _Reader:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def _rows(self, query: str, **values: object) -> list[dict[str, Any]]:
        cursor = self._connection.execute(query, values)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def types(self) -> tuple[str, ...]:
        """Every kind of identifier that is published."""
        return tuple(row["identifier_type"] for row in self._rows(TYPES))

    def matches(self, identifier: str, types: Sequence[str]) -> list[Match]:
        """Who may be meant; at least one, or Unexplained."""
        unknown = sorted(set(types) - set(self.types()))
        if unknown:
            raise Unexplained(
                f"There is no identifier type {', '.join(unknown)}. "
                f"There is: {', '.join(self.types())}."
            )
        found = [Match(**row) for row in self._rows(SPELLED, identifier=identifier)]
        if not found:
            found = [Match(**row) for row in self._rows(CUSTOMER_IDS, identifier=identifier)]
        meant = [
            match
            for match in found
            if not types or match.identifier_type in (*types, "customer_id")
        ]
        if found and not meant:
            known = ", ".join(match.identifier_type for match in found)
            raise Unexplained(f"{printable(identifier)} is no {' or '.join(types)}, but: {known}.")
        if not meant:
            raise Unexplained(self._why_nobody(identifier))
        return meant

    def only_match(self, identifier: str, types: Sequence[str]) -> Match:
        """The one that is meant; Unexplained if different customers may be."""
        matches = self.matches(identifier, types)
        if len({match.customer_id for match in matches}) > 1:
            known = ", ".join(match.identifier_type for match in matches)
            raise Unexplained(
                f"{printable(identifier)} is several people's: {known}. Say which with --type."
            )
        return matches[0]

    def _why_nobody(self, identifier: str) -> str:
        causes = self._rows(CAUSES, identifier=identifier)
        if causes:
            return "\n".join(
                f"{printable(row['finding'], 100)} ({printable(row['cause'], 100)})."
                for row in causes
            )
        similar = self._rows(SIMILAR, identifier=identifier)
        ideas = ", ".join(
            f"{printable(row['identifier_value'])} ({row['identifier_type']})" for row in similar
        )
        hint = (
            f"Did you mean {ideas}?" if ideas else "Check the spelling, or whether it was loaded."
        )
        return f"Nobody is known by {printable(identifier)}. {hint}"

    def customers(self, matches: Sequence[Match]) -> tuple[Customer, ...]:
        """The customers of the matches, in their order, each once."""
        customer_ids = dict.fromkeys(match.customer_id for match in matches)
        return tuple(
            self._customer(
                customer_id,
                tuple(match.node_id for match in matches if match.customer_id == customer_id),
            )
            for customer_id in customer_ids
        )

    def _customer(self, customer_id: str, asked: tuple[int, ...]) -> Customer:
        def rows(query: str) -> list[dict[str, Any]]:
            return self._rows(query, customer_id=customer_id)

        names = [row["name"] for row in rows(NAME)]
        return Customer(
            customer_id=customer_id,
            name=names[0] or None if names else None,
            asked=asked,
            identifiers=tuple(Identifier(**row) for row in rows(IDENTIFIERS)),
            links=tuple(Link(**row) for row in rows(LINKS)),
            refusals=tuple(Refusal(**row) for row in rows(REFUSALS)),
            history=tuple(Change(**row) for row in rows(HISTORY)),
        )


def shortest_way(links: Sequence[Link], start: int, end: int) -> tuple[int, ...]:
    """The identifiers on a shortest way over links, both ends included; empty if there is none.

    Of ways as short, the one over the least numbers. The links of one customer are at hand anyway;
    a recursive query would take a round of its own for every step.
    """
    neighbours: dict[int, set[int]] = defaultdict(set)
    for link in links:
        neighbours[link.node_id].add(link.other_node_id)
        neighbours[link.other_node_id].add(link.node_id)
    came_from: dict[int, int | None] = {end: None}
    level = [end]
    while level and start not in came_from:
        reached = [(there, here) for here in sorted(level) for there in neighbours[here]]
        level = []
        for there, here in reached:
            if there not in came_from:
                came_from[there] = here
                level.append(there)
    way: list[int] = []
    step: int | None = start if start in came_from else None
    while step is not None:
        way.append(step)
        step = came_from[step]
    return tuple(way)
