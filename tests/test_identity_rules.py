"""Who is who under changing rules: limits, a steward's decisions, records that go."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from dbt.artifacts.resources.base import FileHash
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.warehouse import Home, Manifest, connect
from tests.effort import scaled
from tests.raw_history import Warehouse, parsed_manifest, raw_history

ROOM = ("--select", "+customer_id_history", "+identity_evidence", "+customer_ids")
Identifier = tuple[str, str]


@dataclass
class Steward:
    """A warehouse whose rules change between builds, without a file of the project changing."""

    warehouse: Warehouse
    overrides: list[tuple[str, Identifier, Identifier]] = field(default_factory=list)
    limits: dict[str, tuple[int | None, int]] = field(default_factory=dict)

    def build(self) -> None:
        """Put the rules into their seeds' tables, tell dbt of it, and build the identity room."""
        if not self.warehouse.home.doorways.exists():
            self.warehouse.build("--select", "stg_loads__files")
        with connect(self.warehouse.home.warehouse) as connection:
            connection.execute("truncate policy.identity_overrides")
            for decision, a, b in self.overrides:
                connection.execute(
                    "insert into policy.identity_overrides "
                    "values (?, ?, ?, ?, ?, 'Kim', 'asked', null)",
                    [decision, *a, *b],
                )
            for kind, (per_customer, per_value) in self.limits.items():
                connection.execute(
                    "update policy.identifier_types set most_per_customer = ?, "
                    "most_customers_per_value = ? where identifier_type = ?",
                    [per_customer, per_value, kind],
                )
        manifest = parsed_manifest()
        manifest.nodes["seed.kith.identity_overrides"].checksum = FileHash.from_contents(
            f"{self.overrides}{self.limits}"
        )
        flatten: Callable[[], None] = manifest.build_flat_graph
        flatten()
        self.warehouse.build(*ROOM)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with connect(self.warehouse.home.doorways, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def customers(self) -> dict[Identifier, str]:
        return {
            (str(kind), str(value)): str(customer)
            for kind, value, customer in self.rows(
                "select identifier_type, identifier_value, customer_id from identity.customer_ids"
            )
        }


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return raw_history(tmp_path_factory.mktemp("history"), people=120, days=60, seed=9)


def new_steward(folder: Path) -> Steward:
    return Steward(Warehouse(Home(folder)))


def sorted_rows(steward: Steward) -> Mapping[str, list[str]]:
    return {
        table: sorted(map(str, steward.rows(f"from identity.{table}")))
        for table in ("customer_ids", "identity_evidence")
    }


@settings(
    max_examples=scaled(2),
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(dice=st.randoms(use_true_random=True), batches=st.integers(2, 4))
@pytest.mark.timeout(scaled(400))
def test_rules_changed_on_the_way_end_where_the_last_rules_alone_would(
    history: Path, tmp_path_factory: pytest.TempPathFactory, dice: random.Random, batches: int
) -> None:
    cut = f"cast(10 * (1 + md5_number_lower(concat('{dice.random()}', row)) % {batches}) as bigint)"
    pieces = new_steward(tmp_path_factory.mktemp("pieces"))
    for batch in range(10, 10 * batches + 1, 10):
        pieces.warehouse.take_up(history, cut, range(batch, batch + 1))
        pieces.build()
        known = sorted(pieces.customers())
        # New decisions, some old ones taken back, limits loosened and tightened.
        pieces.overrides = [
            *dice.sample(pieces.overrides, k=len(pieces.overrides) // 2),
            *decisions(dice, known),
        ]
        pieces.limits = {
            "user_id": (dice.choice([1, 2, None]), 1),
            "email": (dice.choice([1, 2, 10]), dice.randrange(1, 4)),
            "phone": (dice.choice([1, 2, 10]), dice.randrange(1, 3)),
            "anonymous_id": (None, dice.randrange(1, 3)),
        }
        pieces.build()
    whole = new_steward(tmp_path_factory.mktemp("whole"))
    whole.overrides, whole.limits = pieces.overrides, pieces.limits
    whole.warehouse.take_up(history, cut, range(10, 10 * batches + 1))
    whole.build()
    assert sorted_rows(pieces) == sorted_rows(whole)


def decisions(
    dice: random.Random, known: list[Identifier]
) -> list[tuple[str, Identifier, Identifier]]:
    pairs = {(each := tuple(sorted(dice.sample(known, 2)))): each for _ in range(12)}
    return [(dice.choice(["always", "never"]), a, b) for a, b in pairs]


def contact(
    steward: Steward, batch: int, number: int, *, is_deleted: bool = False, **properties: str
) -> None:
    """A version of a HubSpot contact that a batch brings."""
    with connect(steward.warehouse.home.warehouse) as connection:
        connection.execute(
            "insert into raw.hubspot_contacts "
            "(record_id, updated_at, is_deleted, record, batch_id) values (?, ?, ?, ?, ?)",
            [
                str(number),
                f"2026-10-{batch:02d}T00:00:00.000Z",
                is_deleted,
                json.dumps({"id": str(number), "properties": properties}),
                batch,
            ],
        )
        connection.execute(
            "insert into raw.loads values (?, 'hubspot', 'batch ' || ?, 0, 0, 0, 0, 0, now())",
            [batch, batch],
        )


def changes(steward: Steward) -> list[tuple[object, ...]]:
    """The history: from whom to whom by address, why, because of which record."""
    return steward.rows(
        "select old.identifier_value, new.identifier_value, reason, because_of_record_key "
        "from identity.customer_id_history "
        "left join identity.customer_ids as old on old_customer_id = old.own_customer_id "
        "left join identity.customer_ids as new on new_customer_id = new.own_customer_id "
        "order by version, 1, 2"
    )


def test_every_change_of_an_id_says_why(tmp_path: Path) -> None:
    steward = new_steward(tmp_path)
    load(steward.warehouse.home, declarations(Manifest()))
    ann, bob = "ann@acme.example", "bob@acme.example"
    contact(steward, 1, 1, email=ann)
    contact(steward, 1, 2, email=bob)
    steward.build()
    assert changes(steward) == []
    before = steward.customers()

    # One telephone in two contacts proves nothing; the same account does.
    contact(steward, 3, 1, email=ann, phone="+4930123456", account_id="u_1")
    contact(steward, 3, 2, email=bob, phone="+4930123456", account_id="u_1")
    steward.build()
    assert steward.customers()["email", bob] == before["email", ann]
    merge = (bob, ann, "merge", "hubspot/contact/2")
    assert changes(steward) == [merge]

    steward.overrides = [("never", ("email", ann), ("email", bob))]
    steward.build()
    assert steward.customers()["email", bob] == before["email", bob]
    # The addresses are equally strong: both give way, and the contacts stay with their account.
    assert [row[:3] for row in changes(steward)[1:]] == [
        (ann, "1", "override"),
        (ann, bob, "override"),
    ]

    # The word is taken back, then the record goes that said so.
    steward.overrides = []
    steward.build()
    assert [row[:3] for row in changes(steward)[3:]] == [
        ("1", ann, "rule_change"),
        (bob, ann, "rule_change"),
    ]
    contact(steward, 20, 2, is_deleted=True)
    steward.build()
    assert changes(steward)[5:] == [
        # The telephone is now only hers.
        ("+4930123456", ann, "merge", "hubspot/contact/1"),
        (ann, "2", "split", "hubspot/contact/2"),
        (ann, bob, "split", "hubspot/contact/2"),
    ]
    for address in (ann, bob):
        assert steward.customers()["email", address] == before["email", address]


def test_who_is_entered_anew_under_a_known_account_keeps_the_id(
    tmp_path: Path,
) -> None:
    steward = new_steward(tmp_path)
    load(steward.warehouse.home, declarations(Manifest()))
    contact(steward, 1, 1, email="ann@acme.example", account_id="u_1")
    steward.build()
    [issued] = set(steward.customers().values())
    contact(steward, 3, 1, is_deleted=True)
    contact(steward, 3, 2, email="ann@acme.example", account_id="u_1")
    steward.build()
    assert steward.customers()["email", "ann@acme.example"] == issued
