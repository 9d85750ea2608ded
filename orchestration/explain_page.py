"""An explanation as a person likes to read it in a terminal."""

from collections import defaultdict
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from orchestration.explanation import (
    Change,
    Customer,
    Explanation,
    Identifier,
    Link,
    Refusal,
    printable,
)

# A terminal shows so many identifiers of a customer, and so many below each other.
MOST_IDENTIFIERS = 200
DEEPEST = 10
MOST_CHANGES = 20


def explanation_page(explanation: Explanation) -> RenderableType:
    """The tree of each customer that was asked for; between two identifiers, the chain."""
    if len(explanation.question) == 1:
        return Group(*(_customer(customer) for customer in explanation.customers))
    if explanation.chain:
        return _chain(explanation)
    return _apart(explanation)


def _name(identifier: Identifier, asked: bool = False) -> Text:
    text = Text.assemble(
        (f"{identifier.identifier_type} ", "cyan"),
        (printable(identifier.identifier_value), "bold reverse" if asked else "bold"),
    )
    if not identifier.is_current:
        text.append("  no record gives it any more", "dim")
    return text


def _headline(customer: Customer) -> Text:
    count = len(customer.identifiers)
    return Text.assemble(
        "Customer ",
        (customer.customer_id, "bold"),
        f"  {printable(customer.name)}" if customer.name else "",
        f"  {count:,} identifier{'' if count == 1 else 's'}",
    )


def _customer(customer: Customer) -> RenderableType:
    lines: list[RenderableType] = [_headline(customer), *_trees(customer)]
    left_out = len(customer.identifiers) - MOST_IDENTIFIERS
    if left_out > 0:
        lines.append(Text(f"… and {left_out:,} more identifiers; --json has them all.", "dim"))
    lines += [_refused(refusal, customer) for refusal in customer.refusals]
    return Group(*lines, *_history(customer), Text())


def _trees(customer: Customer) -> Iterator[Tree]:
    """The founding identifier's tree; where it grows too deep for a screen, a tree of its own."""
    below: dict[int | None, list[Identifier]] = defaultdict(list)
    for identifier in customer.identifiers[:MOST_IDENTIFIERS]:
        below[identifier.previous_node_id].append(identifier)
    roots = below[None]
    for root in roots:
        text = _name(root, root.node_id in customer.asked)
        text.append("  founded the customer" if root.steps == 0 else f"  from step {root.steps} on")
        tree = Tree(text)
        open_branches = [(tree, root)]
        while open_branches:
            branch, parent = open_branches.pop()
            for child in below[parent.node_id]:
                text = _name(child, child.node_id in customer.asked)
                twig = branch.add(text.append(f"  by {_record(child.record_key)}", "dim"))
                if child.steps - root.steps < DEEPEST:
                    open_branches.append((twig, child))
                elif below[child.node_id]:
                    text.append("  goes on below", "dim")
                    roots.append(child)
        yield tree


def _refused(refusal: Refusal, customer: Customer) -> Text:
    own = customer.identifier(refusal.node_id)
    whose = f"; customer {refusal.other_customer_id}" if refusal.other_customer_id else ""
    return Text.assemble(
        ("not linked: ", "red"),
        (f"{refusal.other_type} ", "cyan"),
        (printable(refusal.other_value), "bold"),
        f" - {printable(refusal.reason, 120)}\n",
        (
            f"    to {own.identifier_type} {printable(own.identifier_value)}, "
            f"by {_record(refusal.record_key)}{_and_more(refusal.records)}{whose}",
            "dim",
        ),
    )


def _record(record_key: str | None) -> str:
    return printable(record_key or "", 100)


def _and_more(records: int) -> str:
    return f" and {records - 1:,} more" if records > 1 else ""


def _history(customer: Customer) -> Iterator[Text]:
    for change in customer.history[:MOST_CHANGES]:
        yield _change(change, customer.customer_id)
    if len(customer.history) > MOST_CHANGES:
        left_out = len(customer.history) - MOST_CHANGES
        yield Text(f"… and {left_out:,} earlier changes; --json has them all.", "dim")


def _change(change: Change, customer_id: str) -> Text:
    gained = change.new_customer_id == customer_id
    other = change.old_customer_id if gained else change.new_customer_id
    plural = "" if change.identifiers == 1 else "s"
    text = Text.assemble(
        (f"{change.changed_at:%Y-%m-%d %H:%M} UTC ", "dim"),
        (change.reason, "yellow"),
        f": {change.identifiers:,} identifier{plural} came from " if gained else
        f": {change.identifiers:,} identifier{plural} went to ",
        other or "nobody",
        (f"  batch {change.batch_id}", "dim"),
    )  # fmt: skip
    if change.tied and change.tied_to:
        text.append(f", {printable(change.tied)} and {printable(change.tied_to)}", "dim")
    if change.record_key:
        text.append(f", by {_record(change.record_key)}", "dim")
    return text


def _chain(explanation: Explanation) -> RenderableType:
    [customer] = explanation.customers
    links = {frozenset((link.node_id, link.other_node_id)): link for link in customer.links}
    steps = len(explanation.chain) - 1
    lines = [_headline(customer), Text(f"One customer, {steps:,} step{'' if steps == 1 else 's'}:")]
    previous: int | None = None
    for node_id in explanation.chain:
        if previous is not None:
            lines.append(_tie(links[frozenset((previous, node_id))]))
        lines.append(_name(customer.identifier(node_id), node_id in customer.asked))
        previous = node_id
    return Group(*lines)


def _tie(link: Link) -> Text:
    return Text(f"  │ by {_record(link.record_key)}{_and_more(link.records)}", "dim")


def _apart(explanation: Explanation) -> RenderableType:
    lines = [Text("Two customers:", "bold")]
    for customer in explanation.customers:
        lines.append(_headline(customer))
        lines += [
            Text("  ").append_text(_name(customer.identifier(node_id), asked=True))
            for node_id in customer.asked
        ]
    between = explanation.between
    lines += [
        _refused(refusal, customer)
        for refusal in between
        for customer in explanation.customers
        if refusal.node_id in {one.node_id for one in customer.identifiers}
    ]
    if not between:
        lines.append(Text("No record names identifiers of both."))
    return Group(*lines)
