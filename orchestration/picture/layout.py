"""Where each identifier stands: a column per step from the founding one, and a row of its own."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestration.explanation import Customer, Explanation, Refusal, printable

MOST_IDENTIFIERS = 200
MOST_REFUSALS = 40


@dataclass(frozen=True)
class Place:
    """A node of the picture; `reason` says why it is not linked, if it is not the customer's.

    It stands beside the identifier that ties it, or that it is kept from.
    """

    node_id: int
    identifier_type: str
    text: str
    column: int
    row: int
    beside: int | None
    is_asked: bool
    reason: str | None = None


@dataclass(frozen=True)
class Plot:
    """The places by node, the row of each customer's title, and what had no room."""

    places: dict[int, Place]
    titles: tuple[tuple[int, str], ...]
    rows: int
    left_out: int


def plot(explanation: Explanation) -> Plot:
    """Give every identifier a place, one customer below the other."""
    places: dict[int, Place] = {}
    titles = []
    left_out = row = 0
    room = MOST_IDENTIFIERS // len(explanation.customers)
    drawn = [_chosen(customer, explanation, room) for customer in explanation.customers]
    inside = {node_id for chosen in drawn for node_id in chosen}
    for customer, chosen in zip(explanation.customers, drawn, strict=True):
        titles.append((row, f"Customer {customer.customer_id}  {printable(customer.name or '')}"))
        refused = [
            one for one in customer.refusals if one.other_node_id not in inside | set(places)
        ]
        outside = {one.other_node_id: one for one in refused if one.node_id in chosen}
        shown = dict(list(outside.items())[:MOST_REFUSALS])
        left_out += len(customer.identifiers) - len(chosen) + len(outside) - len(shown)
        for place in _rows(customer, chosen, shown, row + 1):
            places[place.node_id] = place
            row = place.row
        row += 2
    return Plot(places, tuple(titles), row, left_out)


def _chosen(customer: Customer, explanation: Explanation, room: int) -> set[int]:
    """As many identifiers as there is room for, each with the way to the founding one.

    First what was asked for and the chain between, then by steps.
    """
    previous = {one.node_id: one.previous_node_id for one in customer.identifiers}
    own = (node_id for node_id in explanation.chain if node_id in previous)
    chosen: set[int] = set()
    for wanted in (*customer.asked, *own, *previous):
        way: list[int] = []
        node_id: int | None = wanted
        while node_id is not None and node_id not in chosen:
            way.append(node_id)
            node_id = previous[node_id]
        if len(chosen) + len(way) <= room:
            chosen.update(way)
    return chosen


def _rows(
    customer: Customer, chosen: set[int], outside: dict[int, Refusal], row: int
) -> Iterator[Place]:
    """The places of a customer from its first row on: each identifier amid those below it."""
    below: dict[int | None, list[Place]] = defaultdict(list)
    for one in customer.identifiers:
        if one.node_id in chosen:
            text = f"{one.identifier_type} {printable(one.identifier_value, 40)}"
            beside, asked = one.previous_node_id, one.node_id in customer.asked
            place = Place(one.node_id, one.identifier_type, text, one.steps, 0, beside, asked)
            below[beside].append(place)
    for node_id, refusal in outside.items():
        text = f"{refusal.other_type} {printable(refusal.other_value, 40)}"
        beside = refusal.node_id
        column = customer.identifier(beside).steps + 1
        place = Place(
            node_id,
            refusal.other_type,
            text,
            column,
            0,
            beside,
            False,
            printable(refusal.reason, 100),
        )
        below[beside].append(place)
    ordered = [place for founder in below[None] for place in _in_order(founder, below)]
    for offset, place in enumerate(ordered):
        yield replace(place, row=row + offset)


def _in_order(place: Place, below: dict[int | None, list[Place]]) -> Iterator[Place]:
    children = below[place.node_id]
    half = len(children) // 2
    for child in children[:half]:
        yield from _in_order(child, below)
    yield place
    for child in children[half:]:
        yield from _in_order(child, below)
