"""Golden records, households and companies of a synthetic world, against independent readings."""

import json
import re
from collections import defaultdict
from typing import Any

import duckdb
import pytest

from orchestration.warehouse import Home, connect
from sandbox import world
from tests.raw_history import Warehouse, load_world

# Neighbours in blocks of so many make the world's households.
BLOCK = 4
# Two colleagues whose company no CRM has, and somebody with a private mailbox.
COLLEAGUES = {
    "ann": "ann@kithworks.example",
    "bob": "Bob@KithWorks.example",
    "cem": "cem@gmail.com",
}
ABBREVIATIONS = {"straße": "str", "street": "st", "avenue": "ave", "road": "rd"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> world.World:
    made = world.build(tmp_path_factory.mktemp("made") / "world", people=500, days=40, seed=13)
    lines = [
        {
            "messageId": f"colleague-{name}",
            "type": "identify",
            "userId": name,
            "timestamp": "2026-10-30T10:00:00Z",
            "receivedAt": "2026-10-30T10:00:01Z",
            "traits": {"email": email},
        }
        for name, email in COLLEAGUES.items()
    ]
    file = made.root / "events" / "colleagues.ndjson"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return made


@pytest.fixture(scope="module")
def home(made: world.World, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    load_world(home, made)
    Warehouse(home).build()
    return home


def rows(home: Home, query: str, *parameters: object) -> list[Any]:
    with connect(home.doorways, read_only=True) as connection:
        return connection.execute(query, parameters).fetchall()


@pytest.fixture(scope="module")
def person_of(made: world.World, home: Home) -> dict[str, int]:
    """The person whom the world's truth knows behind each customer of one person."""
    truth = {
        (kind, value): person
        for kind, value, person in duckdb.execute(
            "select identifier_type, identifier_value, min(person_id) from read_parquet(?) "
            "group by all having count(distinct person_id) = 1",
            [str(made.truth)],
        ).fetchall()
    }
    people: dict[str, set[int]] = defaultdict(set)
    for kind, value, customer in rows(
        home, "select identifier_type, identifier_value, customer_id from identity.customer_ids"
    ):
        if (kind, value) in truth:
            people[customer].add(truth[kind, value])
    return {customer: found.pop() for customer, found in people.items() if len(found) == 1}


def one_spelling(street: str) -> str:
    letters = street.lower()
    for word, short in ABBREVIATIONS.items():
        letters = letters.replace(word, short)
    return re.sub(r"[ .,;:/#-]", "", letters)


def test_the_households_of_addresses_are_those_who_state_the_same_one(home: Home) -> None:
    neighbours: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for customer, street, postal_code, country in rows(
        home,
        "select customer_id, street, postal_code, country from customers.customers "
        "where street is not null and postal_code is not null and country is not null",
    ):
        address = (one_spelling(street), postal_code.replace(" ", "").lower(), country)
        neighbours[address].add(customer)
    found: dict[str, set[str]] = defaultdict(set)
    for household, customer in rows(
        home, "select household_id, customer_id from customers.households where why = 'address'"
    ):
        found[household].add(customer)
    expected = [members for members in neighbours.values() if 2 <= len(members) <= 8]
    assert len(expected) > 20
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, expected))


def test_who_is_in_one_household_lives_together_and_stays_apart(
    home: Home, person_of: dict[str, int]
) -> None:
    households: dict[tuple[str, str], list[str]] = defaultdict(list)
    for household, why, customer in rows(
        home, "select household_id, why, customer_id from customers.households"
    ):
        households[household, why].append(customer)
    several = set()
    for (_, why), members in households.items():
        assert len(set(members)) == len(members) > 1
        people = {person_of[member] for member in members if member in person_of}
        assert len({person // BLOCK for person in people}) == 1, why
        if len(people) > 1:
            several.add(why)
    assert several == {"address", "device", "phone"}


def test_a_company_that_no_crm_has_is_known_from_its_peoples_addresses(home: Home) -> None:
    assert rows(
        home,
        "select domain, company_name, crm_records, people from customers.companies "
        "where domain in ('kithworks.example', 'gmail.com')",
    ) == [("kithworks.example", None, 0, 2)]
    employers = dict(
        rows(
            home,
            "select email, domain from customers.customers "
            "left join customers.companies using (company_id) where list_contains(?, email)",
            [email.lower() for email in COLLEAGUES.values()],
        )
    )
    assert employers == {
        "ann@kithworks.example": "kithworks.example",
        "bob@kithworks.example": "kithworks.example",
        "cem@gmail.com": None,
    }


def test_first_and_last_name_are_from_one_record_wherever_both_are_known(home: Home) -> None:
    [(both, apart)] = rows(
        home,
        "select count(*), count_if((first_name_source, first_name_at) "
        "<> (last_name_source, last_name_at)) from customers.customers "
        "where first_name is not null and last_name is not null",
    )
    assert (both > 100, apart) == (True, 0)


def test_of_several_current_values_one_is_chosen(home: Home) -> None:
    assert not rows(
        home,
        "select customer_id, field from customers.customer_contact_points "
        "group by all having count_if(is_chosen) <> cast(bool_or(is_current) as integer)",
    )
    [(disputed,)] = rows(
        home,
        "select count(*) from (select 1 from customers.customer_contact_points where is_current "
        "group by customer_id, field having count(*) > 1)",
    )
    assert disputed > 50


def test_nobody_is_reached_at_an_address_that_identifies_nobody(home: Home) -> None:
    junk = ["null", "n/a", "test@test.com", "0000000000", "anonymous"]
    assert not rows(
        home,
        "select field, value from customers.customer_contact_points "
        "where field in ('email', 'phone') and list_contains(?, value)",
        junk,
    )


@pytest.mark.parametrize("field", ["email", "phone", "last_name", "street", "country"])
def test_a_field_always_has_its_source_and_its_time(home: Home, field: str) -> None:
    [(known, unsourced)] = rows(
        home,
        f"select count({field}), count_if(({field} is null) <> ({field}_source is null) "
        f"or ({field} is null) <> ({field}_at is null)) from customers.customers",
    )
    assert (known > 0, unsourced) == (True, 0)
