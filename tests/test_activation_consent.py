"""No sync of any kind and mode, however declared, sends anybody who has not said yes."""

import re
from dataclasses import replace
from typing import Any

import pytest

from orchestration.activation.declaration import Sync
from orchestration.activation.ledger import SQL, ledger
from orchestration.activation.run import plan_only
from orchestration.destinations import kinds, offer
from orchestration.warehouse import Home
from tests.activation_world import people, publish

# What one kind's modes ask for: a kind of record, and options that others have no use for.
TASKS = {("hubspot", "append"): "tasks"}
OF_A_MODE = {"audience": ("list_id",), "append": ("event",)}
EVERY = [(kind, mode) for kind in kinds() for mode in offer(kind).modes]


def declared(kind: str, mode: str, **changes: object) -> Sync:
    """The least that a sync of a kind and mode declares."""
    offered = offer(kind)
    match = (offered.match or ("email",))[0] if offered.match != () else None
    objects = ("Thing",) if offered.objects == () else offered.objects
    values: dict[str, Any] = {
        "name": f"{kind}_{mode}",
        "file": "models/activation/any.yml",
        "owner": "lifecycle@example.com",
        "room": "customers",
        "model": "customers",
        "destination": kind,
        "mode": mode,
        "object": TASKS.get((kind, mode), objects[0] if objects else None),
        "match": match,
        "map": {match or "email": "email"},
        "options": options(kind, mode),
        "consent": {"purpose": "marketing", "channel": "email"},
    }
    return Sync.model_validate(values | changes)


def options(kind: str, mode: str) -> dict[str, str]:
    """A word for each option that a kind cannot do without in a mode."""
    words = {"format": "csv", "table": "public.people", "list_id": "7"}
    fields = offer(kind).options.model_fields
    return {
        name: words.get(name, "any")
        for name, field in fields.items()
        if field.is_required() or name in OF_A_MODE.get(mode, ())
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Six people, of whom nobody said yes."""
    home = Home(tmp_path_factory.mktemp("consent"))
    publish(
        home, [replace(p, is_granted=None if i % 2 else False) for i, p in enumerate(people(6))]
    )
    return home


@pytest.mark.parametrize(("kind", "mode"), EVERY)
def test_who_has_not_said_yes_is_in_no_plan(home: Home, kind: str, mode: str) -> None:
    planned, samples = plan_only(declared(kind, mode), home)
    assert (planned.status, planned.withheld, planned.to_send, samples) == ("planned", 6, 0, ())


@pytest.fixture(scope="module")
def withdrawn(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One person who said yes, and one who took it back and is known to every sync."""
    home = Home(tmp_path_factory.mktemp("withdrawn"))
    stays, goes = people(2)
    publish(home, [stays, replace(goes, is_granted=False)])
    with ledger(home) as connection:
        for kind, mode in EVERY:
            known = goes.email if declared(kind, mode).match else goes.customer_id
            connection.execute(
                "insert into activation.sync_state (sync, match_value, customer_id, fields_hash) "
                f"values ('{kind}_{mode}', '{known}', '{goes.customer_id}', 1)"
            )
    return home


@pytest.mark.parametrize("kind", kinds())
def test_a_sync_that_names_no_consent_has_nobody_to_send(withdrawn: Home, kind: str) -> None:
    sync = declared(kind, offer(kind).modes[0], consent=None, name="another")
    planned, _ = plan_only(sync, withdrawn)
    assert (planned.withheld, planned.to_send) == (2, 0)


@pytest.mark.parametrize(("kind", "mode"), EVERY)
def test_who_withdraws_is_taken_back_also_where_leavers_may_stay(
    withdrawn: Home, kind: str, mode: str
) -> None:
    planned, _ = plan_only(declared(kind, mode), withdrawn)
    # What can take nothing back only ever told events.
    assert (planned.added, planned.removed) == (1, 1 if offer(kind).leave else 0)


def test_whatever_is_written_out_is_made_from_those_who_said_yes() -> None:
    for file in SQL.glob("*.sql"):
        text = file.read_text()
        if re.search(r"^copy \(", text, re.MULTILINE):
            sources = set(re.findall(r"\b(?:from|join) (?:ledger\.)?([\w.{}]+)", text))
            assert sources & {"batched", "sendable", "activation.sync_outbox"}, file.name
            # The model gives the values; who is in it is decided elsewhere.
            assert "from serving.{model}" not in text or "semi join sendable" in text, file.name
    granted = [file.name for file in SQL.glob("*.sql") if "is_granted" in file.read_text()]
    assert granted == ["audience.sql"]
