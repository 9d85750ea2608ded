"""The shapes of an explanation: a customer's identifiers, what ties them, and what was refused."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, computed_field


class Shape(BaseModel):
    """A row or answer that nobody changes."""

    model_config = ConfigDict(frozen=True)


class Unexplained(LookupError):
    """Nobody is behind what was asked for; the message says why and what to do."""


class Identifier(Shape):
    """One identifier, and the record that ties it to the one before; none for the founding one."""

    node_id: int
    identifier_type: str
    identifier_value: str
    is_current: bool
    steps: int
    previous_node_id: int | None
    record_key: str | None
    source: str | None


class Link(Shape):
    """Two identifiers that records tie: the first such record, and how many there are."""

    node_id: int
    other_node_id: int
    record_key: str
    source: str
    records: int


class Refusal(Shape):
    """A link that a guard refused, from a customer's identifier to one that is not theirs."""

    node_id: int
    other_node_id: int
    other_type: str
    other_value: str
    other_customer_id: str | None
    guard: str
    detail: str | None
    record_key: str
    source: str
    records: int

    @property
    def reason(self) -> str:
        """The guard and, if it says more, its detail."""
        return f"{self.guard}: {self.detail}" if self.detail else self.guard


class Change(Shape):
    """A merge or split of customer ids, and the record behind it where one is known."""

    reason: str
    old_customer_id: str
    new_customer_id: str | None
    identifiers: int
    changed_at: datetime
    batch_id: int
    record_key: str | None
    tied: str | None
    tied_to: str | None


class Customer(Shape):
    """One customer: identifiers by steps from the founding one, which comes first."""

    customer_id: str
    name: str | None
    asked: tuple[int, ...]
    identifiers: tuple[Identifier, ...]
    links: tuple[Link, ...]
    refusals: tuple[Refusal, ...]
    history: tuple[Change, ...]

    def identifier(self, node_id: int) -> Identifier:
        """The identifier with this number."""
        return next(one for one in self.identifiers if one.node_id == node_id)


class Explanation(Shape):
    """The answer: the customers asked for and, between two identifiers, what ties or parts them.

    `chain` runs from the one to the other, and is empty unless both are one customer's.
    """

    question: tuple[str, ...]
    customers: tuple[Customer, ...]
    chain: tuple[int, ...] = ()
    identifier_types: tuple[str, ...]

    @computed_field  # type: ignore[prop-decorator]  # mypy: no decorators on a property
    @property
    def between(self) -> tuple[Refusal, ...]:
        """What keeps the first two customers apart: refused links to each other, or to a third."""
        if len(self.question) < 2 or len(self.customers) < 2:
            return ()
        one, other = self.customers[:2]
        shared = {refusal.other_node_id for refusal in one.refusals} & {
            refusal.other_node_id for refusal in other.refusals
        }
        return tuple(
            refusal
            for customer, opposite in ((one, other), (other, one))
            for refusal in customer.refusals
            if refusal.other_node_id in shared
            or (customer is one and refusal.other_customer_id == opposite.customer_id)
        )


def printable(text: str, longest: int = 60) -> str:
    """A value from outside as one short line: control characters replaced, the middle left out."""
    line = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
    half = (longest - 1) // 2
    return line if len(line) <= longest else f"{line[:half]}…{line[-half:]}"
