"""Who is who in a synthetic world, against an independent reading of the same evidence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.warehouse import Home, connect
from sandbox import world
from tests import world_identifiers
from tests.raw_history import Warehouse, load_world
from tests.union_find import union_find
from tests.world_identifiers import Identifier

# How many people may share a value before it proves nothing, and what tells people apart.
MOST_PEOPLE = {"anonymous_id": 1, "phone": 1, "email": 3}
PEOPLE = (
    *("user_id", "hubspot_contact_id", "salesforce_contact_id", "salesforce_lead_id"),
    *("pipedrive_person_id", "zoho_contact_id", "zoho_lead_id"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> world.World:
    return world.build(tmp_path_factory.mktemp("made") / "world", people=800, days=60, seed=11)


@pytest.fixture(scope="module")
def customers(made: world.World, tmp_path_factory: pytest.TempPathFactory) -> dict[Identifier, str]:
    """Every identifier's customer, as the platform says."""
    home = Home(tmp_path_factory.mktemp("home"))
    load_world(home, made)
    Warehouse(home).build("--select", "+customer_ids")
    with connect(home.doorways, read_only=True) as connection:
        rows = connection.execute(
            "select identifier_type, identifier_value, customer_id from identity.customer_ids"
        ).fetchall()
    return {(kind, value): customer for kind, value, customer in rows}


def one_spelling(identifier: Identifier) -> Identifier:
    """Mailboxes by the rules of their providers."""
    kind, value = identifier
    if kind != "email":
        return identifier
    name, domain = value.split("@")
    if domain in ("gmail.com", "outlook.com", "icloud.com", "proton.me", "fastmail.com"):
        name = name.split("+")[0]
    if domain == "gmail.com":
        name = name.replace(".", "")
    return kind, f"{name}@{domain}"


def evidence(made: world.World) -> list[set[Identifier]]:
    """The identifiers of each live record and of merges, junk left out."""
    live = [
        record
        for file in ("hubspot/contacts", "salesforce/Lead", "salesforce/Contact")
        for record in live_records(made.root / f"{file}.parquet")
    ]
    given = [world_identifiers.of_message(each) for each in world_identifiers.messages_of(made)]
    for record in live:
        if "properties" in record:
            given.append(world_identifiers.of_contact(record))
        else:
            converted = record.get("ConvertedContactId")
            link = {("salesforce_contact_id", converted)} if converted else set()
            given.append(world_identifiers.of_salesforce(record) | link)
    given += merged(made)
    persons = live_records(made.pipedrive / "persons.parquet")
    given += map(world_identifiers.of_pipedrive, persons)
    for kind in ("lead", "contact"):
        for record in live_records(made.zoho / f"{kind.title()}s.parquet"):
            became = (record.get("Converted_Contact") or {}).get("id")
            link = {("zoho_contact_id", became)} if became else set()
            given.append(world_identifiers.of_zoho(kind, record) | link)
    distinct = {frozenset(map(one_spelling, identifiers)) for identifiers in given}
    return [set(identifiers) for identifiers in distinct]


def merged(made: world.World) -> Iterator[set[Identifier]]:
    """What records that were merged away said, and which record each is part of now."""
    for record in world_identifiers.records(made.root / "hubspot/contacts.parquet"):
        if winner := record.get("mergedInto"):
            yield {("hubspot_contact_id", record["id"]), ("hubspot_contact_id", winner)}
    for kind in ("Lead", "Contact"):
        for record in world_identifiers.records(made.root / f"salesforce/{kind}.parquet"):
            if winner := record.get("MasterRecordId"):
                id_type = f"salesforce_{kind.lower()}_id"
                yield {(id_type, record["Id"]), (id_type, winner)}
                yield world_identifiers.of_salesforce(record)


def live_records(file: Path) -> list[dict[str, Any]]:
    deleted = {
        record_id
        for (record_id,) in duckdb.execute(
            "select record_id from read_parquet(?) where is_deleted", [str(file)]
        ).fetchall()
    }
    return [
        record
        for record in world_identifiers.records(file)
        if record.get("id", record.get("Id")) not in deleted
    ]


def crowded(records: Iterable[set[Identifier]]) -> set[Identifier]:
    people: dict[tuple[Identifier, str], set[Identifier]] = defaultdict(set)
    for identifiers in records:
        for each in identifiers:
            for kind in PEOPLE:
                people[each, kind] |= {other for other in identifiers if other[0] == kind}
    return {
        value
        for (value, _), users in people.items()
        if len(users) > MOST_PEOPLE.get(value[0], len(users))
    }


def test_evidence_connects_exactly_whom_the_platform_calls_one_customer(
    made: world.World, customers: dict[Identifier, str]
) -> None:
    records = evidence(made)
    refused = crowded(records)
    assert refused, "this world should hold shared devices and telephones"
    expected = union_find([each - refused for each in records if each - refused])
    found = {node: customers[node] for node in expected}
    pairs = set(zip(expected.values(), found.values(), strict=True))
    # One customer per component and one component per customer: the partitions are the same.
    assert len(pairs) == len(set(expected.values())) == len(set(found.values()))


def test_precision_and_recall_against_the_truth(
    made: world.World,
    customers: dict[Identifier, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    owners: dict[Identifier, set[int]] = defaultdict(set)
    for kinds in world_identifiers.truth_of(made).values():
        for identifier, people in kinds.items():
            owners[one_spelling(identifier)] |= people
    known = {
        identifier: (next(iter(people)), customers[identifier])
        for identifier, people in owners.items()
        if len(people) == 1 and identifier in customers
    }
    both = pairs_of(Counter(known.values()))
    found = pairs_of(Counter(customer for _, customer in known.values()))
    true = pairs_of(Counter(person for person, _ in known.values()))
    precision, recall = both / found, both / true
    with capsys.disabled():
        print(  # noqa: T201 # the figure is what this test is for
            f"\nidentity on {len(known)} identifiers: "
            f"precision {precision:.4f}, recall {recall:.4f} (pairs)"
        )
    assert precision > 0.97
    assert recall > 0.75


def pairs_of(sizes: Mapping[Any, int]) -> int:
    """How many pairs can be drawn from groups of these sizes."""
    return sum(size * (size - 1) // 2 for size in sizes.values())
