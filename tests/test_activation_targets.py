"""What becomes of what was sent when a sync is declared otherwise, retired, or its file is lost."""

from dataclasses import replace

import duckdb
import pytest

from orchestration.activation.former import forget
from orchestration.activation.ledger import statement
from orchestration.activation.run import plan_only, sync
from orchestration.warehouse import Home
from tests.activation_world import (
    Served,
    file_sync,
    hubspot_sync,
    people,
    publish,
    rows,
)


def test_a_sync_that_is_sent_elsewhere_is_held_until_what_it_left_is_forgotten(
    home: Home, hubspot: Served
) -> None:
    publish(home, people(5))
    sync(hubspot_sync(), home, hubspot.environment)
    asked = hubspot.requests
    elsewhere = hubspot_sync(match="firstname")
    held = sync(elsewhere, home, hubspot.environment)
    assert (held.status, hubspot.requests) == ("held", asked)
    assert held.reason is not None and "kith sync forget hubspot_big_spenders" in held.reason
    # Set back, it goes on as if nothing had been.
    assert sync(hubspot_sync(), home, hubspot.environment).unchanged == 5
    assert forget(elsewhere.name, elsewhere, home) == 5
    assert forget(elsewhere.name, elsewhere, home) == 0
    assert sync(elsewhere, home, hubspot.environment).status != "held"


def test_a_retired_sync_takes_everybody_back(home: Home, hubspot: Served) -> None:
    publish(home, people(5))
    sync(hubspot_sync(mode="upsert"), home, hubspot.environment)
    retired = hubspot_sync(mode="upsert", is_retired=True)
    receipt = sync(retired, home, hubspot.environment)
    assert (receipt.audience, receipt.removed, receipt.sent) == (0, 5, 5)
    assert not any("firstname" in fields for fields in hubspot.contacts().values())
    assert rows(home, "select * from activation.sync_state") == []


def test_what_an_exposure_that_is_gone_still_holds_can_be_forgotten(
    home: Home, hubspot: Served
) -> None:
    publish(home, people(5))
    sync(hubspot_sync(), home, hubspot.environment)
    assert forget("hubspot_big_spenders", None, home) == 5
    assert rows(home, "select * from activation.sync_state") == []


def test_a_run_planned_for_one_target_is_never_counted_for_another(
    home: Home, hubspot: Served
) -> None:
    publish(home, people(5))
    hubspot.order(rates={"500_after": 1.0}, only="/crm/v3/objects")
    sync(hubspot_sync(limits={"attempts": 1}), home, hubspot.environment)
    hubspot.order()
    targets = rows(home, "select distinct target from activation.sync_state")
    assert targets == [(hubspot_sync().target,)]
    assert sync(hubspot_sync(match="firstname"), home, hubspot.environment).status == "held"


@pytest.mark.parametrize("lost", ["file_members.parquet", "file_members.manifest.json"])
def test_a_file_that_somebody_took_away_is_written_again(home: Home, lost: str) -> None:
    publish(home, people(3))
    sync(file_sync(), home, {})
    (home.root / "exports" / lost).unlink()
    receipt = sync(file_sync(), home, {})
    assert (receipt.status, receipt.sent) == ("settled", 3)
    assert (home.root / "exports" / lost).exists()
    assert sync(file_sync(), home, {}).unchanged == 3


def test_a_merge_and_a_change_of_target_leave_nothing_mixed_up(home: Home, hubspot: Served) -> None:
    publish(home, people(2))
    sync(hubspot_sync(), home, hubspot.environment)
    publish(home, [replace(person, first_name="Grace") for person in people(2)])
    assert sync(hubspot_sync(), home, hubspot.environment).changed == 2
    assert rows(home, "select count(*) from activation.sync_state") == [(2,)]


LATER = [
    *(("sync_runs", column) for column in ("capped", "pending", "unsendable")),
    *(("sync_state", column) for column in ("remote_id", "row_key", "doubted_hash", "target")),
    *(("sync_outbox", column) for column in ("target", "row_key", "ticket")),
]


def test_a_ledger_of_the_first_days_is_read_and_brought_up_to_date(
    home: Home, hubspot: Served
) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{home.activation}' as ledger")
        connection.execute("use ledger")
        connection.execute(statement("ledger"))
        for table, column in LATER:
            connection.execute(f"alter table activation.{table} drop {column}")
        connection.execute("alter table activation.sync_state alter fields_hash set type varchar")
        connection.execute(
            "insert into activation.sync_state (sync, match_value, customer_id, fields_hash) "
            "values ('hubspot_big_spenders', 'person00000@example.com', 'c00000', md5('as sent'))"
        )
    publish(home, people(2))
    before = home.activation.read_bytes()
    planned, _ = plan_only(hubspot_sync(), home)
    assert (planned.added, planned.changed, planned.known) == (1, 1, 1)
    assert home.activation.read_bytes() == before
    assert sync(hubspot_sync(), home, hubspot.environment).sent == 2
    assert sync(hubspot_sync(), home, hubspot.environment).unchanged == 2
