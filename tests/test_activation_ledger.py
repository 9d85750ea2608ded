"""The ledger's file damaged, gone, or put back from an old backup: nobody is told twice unasked."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from dagster import materialize

from orchestration.activate import sync_assets
from orchestration.activation.damage import LedgerError, damage
from orchestration.activation.guards import approve
from orchestration.activation.ledger import ledger, unchanged_ledger
from orchestration.activation.lost import notice_losses
from orchestration.activation.receipt import Receipt
from orchestration.activation.run import plan_only, sync
from orchestration.serve import publish_ledger
from orchestration.warehouse import Home
from tests.activation_world import Served, into, people, publish, rows, webhook_sync
from tests.test_activation_assets import manifest


def told(home: Home, endpoint: Served, count: int) -> Receipt:
    """So many people are published and synced, and the ledger is published."""
    publish(home, people(count))
    receipt = sync(webhook_sync(), home, endpoint.environment)
    publish_ledger(home)
    return receipt


def torn(content: bytes) -> bytes:
    return content[: len(content) // 2]


def overwritten(content: bytes) -> bytes:
    """Something else in the midst of each block that there is."""
    at = range(12_288 + 1_000, len(content), 100_000)
    damaged = bytearray(content)
    for place in at:
        damaged[place : place + 40] = b"\xff\x00" * 20
    return bytes(damaged)


def replaced(content: bytes) -> bytes:
    return b"not it" * len(content)


@pytest.mark.parametrize("harm", [replaced, torn, overwritten])
def test_a_damaged_ledger_is_an_error_that_says_where_and_what_to_do(
    home: Home, endpoint: Served, harm: Callable[[bytes], bytes]
) -> None:
    told(home, endpoint, 5)
    assert damage(home.activation) is None
    home.activation.write_bytes(harm(home.activation.read_bytes()))
    asked = endpoint.requests
    for attempt in (
        lambda: sync(webhook_sync(), home, endpoint.environment),
        lambda: plan_only(webhook_sync(), home),
        lambda: publish_ledger(home),
    ):
        with pytest.raises(LedgerError) as error:
            attempt()
        assert str(error.value).startswith(f"{home.activation} cannot be read: ")
        assert "Put its backup in its place" in str(error.value)
    assert endpoint.requests == asked


def test_an_error_of_another_file_is_not_blamed_on_the_ledger(home: Home, endpoint: Served) -> None:
    told(home, endpoint, 1)
    home.serving.write_bytes(b"not it" * 5000)
    with pytest.raises(Exception, match=r"serving\.duckdb") as error:
        plan_only(webhook_sync(), home)
    assert not isinstance(error.value, LedgerError)


def test_without_its_ledger_a_sync_is_held_until_somebody_approves(
    home: Home, endpoint: Served
) -> None:
    told(home, endpoint, 5)
    asked = endpoint.requests
    home.activation.unlink()
    planned, _ = plan_only(webhook_sync(), home)
    assert planned.status == "held"
    assert not home.activation.exists()
    publish_ledger(home)
    for _ in range(2):
        publish(home, people(6))
        held = sync(webhook_sync(), home, endpoint.environment)
        assert (held.status, held.added, endpoint.requests) == ("held", 6, asked)
        assert held.reason is not None
        assert "what became of 5 rows of 1 runs" in held.reason
        assert "kith sync approve webhook_members" in held.reason
    approve(webhook_sync(), home)
    assert sync(webhook_sync(), home, endpoint.environment).sent == 6
    publish(home, people(7))
    assert sync(webhook_sync(), home, endpoint.environment).sent == 1


def test_what_the_publication_remembers_of_a_lost_ledger_stays(
    home: Home, endpoint: Served
) -> None:
    told(home, endpoint, 5)
    home.activation.unlink()
    publish_ledger(home)
    assert rows(home, "select count(*) from activation.sync_changes") == [(5,)]
    runs = "select status, sent from activation.sync_runs order by planned_at"
    assert rows(home, runs) == [("settled", 5), ("lost", 0)]
    publish_ledger(home)
    assert rows(home, runs) == [("settled", 5), ("lost", 0)]


def test_an_old_backup_of_the_ledger_holds_the_syncs_that_went_on_without_it(
    home: Home, endpoint: Served
) -> None:
    told(home, endpoint, 5)
    backup = home.activation.read_bytes()
    told(home, endpoint, 8)
    home.activation.write_bytes(backup)
    notice_losses(home)
    held = sync(webhook_sync(), home, endpoint.environment)
    assert (held.status, held.unchanged, held.added) == ("held", 5, 3)
    assert held.reason is not None and "3 rows of 1 runs" in held.reason


def test_a_first_ledger_and_a_sound_one_hold_nobody(home: Home, endpoint: Served) -> None:
    publish(home, people(2))
    notice_losses(home)
    assert not home.activation.exists()
    told(home, endpoint, 3)
    before = home.activation.read_bytes()
    notice_losses(home)
    assert home.activation.read_bytes() == before


def test_a_delivery_that_only_the_spool_remembers_is_a_loss_too(
    home: Home, endpoint: Served
) -> None:
    publish(home, people(2))
    folder = home.spool / "webhook_members"
    folder.mkdir(parents=True)
    (folder / "0199.journal").touch()
    notice_losses(home)
    assert sync(webhook_sync(), home, endpoint.environment).status == "held"


def test_a_spool_that_was_emptied_while_a_run_was_under_way_is_a_loss_too(
    home: Home, endpoint: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    publish(home, people(5))
    with monkeypatch.context() as patch:
        patch.setattr("orchestration.activation.run.settle", killed)
        with pytest.raises(KeyboardInterrupt):
            sync(webhook_sync(), home, endpoint.environment)
    notice_losses(home)
    assert "lost" not in str(rows(home, "select status from activation.sync_runs"))
    shutil.rmtree(home.spool)
    for _ in range(2):
        notice_losses(home)
    held = sync(webhook_sync(), home, endpoint.environment)
    assert (held.status, held.added) == ("held", 5)
    statuses = rows(home, "select status from activation.sync_runs order by planned_at")
    assert statuses == [("lost",), ("lost",), ("held",)]


def test_dagster_holds_the_syncs_of_a_ledger_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KITH_HOME", str(tmp_path))
    monkeypatch.delenv("HUBSPOT_TOKEN", raising=False)
    home = Home(tmp_path)
    publish(home, people(2))
    materialize([sync_assets(manifest())])
    publish_ledger(home)
    home.activation.unlink()
    result = materialize([sync_assets(manifest())])
    checks = {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}
    assert not checks["file_people"].passed
    assert "ledger is gone" in str(checks["file_people"].metadata["reason"])
    assert checks["hubspot_people"].passed


def test_a_word_that_was_given_before_the_loss_is_no_word_about_it(
    home: Home, endpoint: Served
) -> None:
    told(home, endpoint, 5)
    with ledger(home) as connection:
        connection.execute(
            "insert into activation.sync_approvals "
            "values ('webhook_members', 'any', 1000, 1000, now()::timestamp, null)"
        )
    into(home, "activation.sync_runs", *later_run(home))
    notice_losses(home)
    assert sync(webhook_sync(), home, endpoint.environment).status == "held"


def later_run(home: Home) -> list[tuple[object, ...]]:
    """The last run again, as one that the ledger does not know."""
    with unchanged_ledger(home) as connection:
        runs = connection.execute("select * replace ('later' as run_id) from activation.sync_runs")
        return runs.fetchall()


def test_a_ledger_that_kept_digests_as_text_is_read_and_written_on(
    home: Home, endpoint: Served
) -> None:
    told(home, endpoint, 5)
    digest = "md5(json_object('email', concat('person', substr(match_value, 2), '@example.com'), "
    digest += "'firstname', 'Ada', 'kith_revenue', 100))"
    rows(home, "alter table activation.sync_changes alter fields_hash set type varchar")
    rows(home, "alter table activation.sync_state alter doubted_hash set type varchar")
    rows(
        home, f"alter table activation.sync_state alter fields_hash set type varchar using {digest}"
    )
    publish(home, people(6))
    planned, _ = plan_only(webhook_sync(), home)
    assert (planned.added, planned.unchanged) == (1, 5)
    assert sync(webhook_sync(), home, endpoint.environment).sent == 1
    kinds = "select distinct typeof(fields_hash) from activation.sync_changes"
    assert rows(home, kinds) == [("UBIGINT",)]
