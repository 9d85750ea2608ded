"""What the tests need to know of a kind of destination to take it through its whole life."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

from orchestration.activation.declaration import Sync
from sandbox.vendors.emulator import Emulated
from tests.activation_world import UNLIMITED, Person, Served, quick

Held = dict[str, str]


@dataclass(frozen=True)
class Case:
    """One kind of destination, or one kind of record or mode of it.

    `sync` is what the exposure declares beside model, segment, consent and limits. `held` looks
    into the emulator's dump: the first names that it holds by customer, or the customer's own name
    again where the destination takes no name; who was taken back is not there. `known_as` gives the
    value by which the vendor knows a person. `bad` is a person whom the vendor refuses.
    """

    name: str
    emulated: Emulated
    sync: Mapping[str, Any]
    held: Callable[[dict[str, Any]], Held]
    bad: Person
    code: str
    known_as: Callable[[Person], str] = lambda person: str(person.email)
    more: Mapping[str, str] = field(default_factory=dict)
    takes_names: bool = True
    answers_later: bool = False

    def declared(self, **changes: object) -> Sync:
        """The sync, with quick retries and small batches."""
        common: dict[str, Any] = {
            "name": f"{self.name}_members",
            "file": f"models/activation/{self.name}.yml",
            "owner": "lifecycle@example.com",
            "room": "customers",
            "model": "customers",
            "segment": "seg_big_spenders",
            "consent": {"purpose": "marketing", "channel": "email"},
            "limits": quick(batch=5),
            "guards": {"max_removed_share": 1.0},
        }
        return Sync.model_validate({**common, **self.sync, **changes})

    def secrets(self) -> dict[str, str]:
        """Credentials of the emulator's making."""
        return {name: token_hex(8) for name in self.emulated.secrets}

    def environment(self, vendor: Served, secrets: Mapping[str, str]) -> dict[str, str]:
        """What the sync needs to reach the emulator."""
        address = {self.emulated.address: vendor.url + self.emulated.path}
        more = {name: text.format(url=vendor.url) for name, text in self.more.items()}
        return {**address, **more, **secrets}

    def expected(self, persons: list[Person]) -> Held:
        """What the vendor should hold of these people."""
        return {
            self.known_as(person): person.first_name if self.takes_names else self.known_as(person)
            for person in persons
            if person.is_granted and person.is_member and person.customer_id != self.bad.customer_id
        }


def vendor_of(case: Case, secrets: Mapping[str, str]) -> Any:  # noqa: ANN401 - any emulator
    """A fresh emulator that asks for these credentials."""
    return case.emulated.make(secrets, UNLIMITED)


def renamed(person: Person) -> Person:
    """The same person by another name."""
    return replace(person, first_name=f"Grace {person.customer_id}")
