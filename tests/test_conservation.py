"""A small world passes every data and unit test, and each conservation law notices a breach."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse import PROJECT, Home, Manifest, connect
from tests.raw_history import raw_history

LAWS = {law.stem for law in (PROJECT / "tests" / "conservation").glob("*.sql")}
FIRST_ORDER = "(select min(order_id) from doorways.journey.orders where node_id is not null)"
FIRST_CUSTOMER = "(select min(customer_id) from doorways.customers.customers)"
# Each law with changes of the finished tables, any of which alone breaks it.
BREACHES = (
    ("every_loaded_event_is_on_the_timeline",
     "delete from doorways.journey.events where event_id = "
     "(select min(event_id) from doorways.journey.events)"),
    ("every_loaded_event_is_on_the_timeline",
     "insert into doorways.journey.events from doorways.journey.events limit 1"),
    ("every_line_of_a_file_is_accounted_for",
     "update doorways.collection.loads set duplicates = duplicates + 1"),
    ("every_line_of_a_file_is_accounted_for",
     "insert into raw.quarantine (file, reason) values ('nowhere', 'made up')"),
    ("every_line_of_a_file_is_accounted_for",
     "insert into raw.held_messages (file) values ('nowhere')"),
    ("revenue_is_neither_lost_nor_made",
     f"delete from doorways.journey.orders where order_id = {FIRST_ORDER}"),
    ("revenue_is_neither_lost_nor_made",
     f"update doorways.customers.customers set revenue_cents = revenue_cents + 1 "
     f"where customer_id = {FIRST_CUSTOMER}"),
    ("every_order_is_credited_once_by_each_model",
     f"delete from doorways.campaigns.credited_conversions where order_id = {FIRST_ORDER} "
     "and model = 'last touch'"),
    ("every_order_is_credited_once_by_each_model",
     "delete from doorways.campaigns.credited_conversions where model = 'first touch'"),
    ("campaign_days_add_up_to_all_credit",
     "update doorways.campaigns.campaign_performance "
     "set last_touch_revenue_cents = last_touch_revenue_cents + 1"),
    ("every_customer_is_somebody_who_still_exists",
     f"delete from doorways.customers.customers where customer_id = {FIRST_CUSTOMER}"),
    ("every_customer_is_somebody_who_still_exists",
     "insert into doorways.customers.customers (customer_id) values ('ghost')"),
    ("every_believed_field_is_a_contact_point",
     "delete from doorways.customers.customer_contact_points where is_chosen and value = "
     "(select min(email) from doorways.customers.customers)"),
    ("every_believed_field_is_a_contact_point",
     f"update doorways.customers.customers set postal_code = 'elsewhere' "
     f"where customer_id = {FIRST_CUSTOMER}"),
    ("every_id_ever_given_out_leads_to_a_customer",
     "insert into doorways.identity.customer_id_history (old_customer_id) values ('ghost')"),
    ("every_override_names_identifiers_that_exist",
     "insert into policy.identity_overrides "
     "values ('always', 'email', 'x@x.example', 'email', 'y@y.example', 'Kim', 'asked', null)"),
    ("every_identifier_has_a_way_to_its_customer",
     "delete from doorways.identity.identity_steps where node_id = 1"),
    ("every_identifier_has_a_way_to_its_customer",
     "update doorways.identity.identity_steps set customer_id = 'stranger' where node_id = 1"),
    ("every_visit_is_in_one_session",
     "delete from doorways.journey.sessions where session_id = "
     "(select min(session_id) from doorways.journey.sessions)"),
    ("every_event_counts_for_somebody_or_nobody",
     f"update doorways.customers.customers set events = events + 1 "
     f"where customer_id = {FIRST_CUSTOMER}"),
    ("open_stays_are_the_members_of_now", "delete from doorways.segments.segment_members"),
    ("open_stays_are_the_members_of_now",
     "update doorways.segments.segment_history set is_member = false"),
    ("no_customer_grows_beyond_all_bounds",
     "update doorways.identity.identity_quality set value = 501 "
     "where measure = 'largest customer'"),
    ("no_batch_merges_most_customers",
     "insert into doorways.identity.identity_quality "
     "values ('merged customers', 'all', 0.21, 21, 100, 'made up')"),
)  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> Home:
    """A home on which `dbt build`, unit tests included, has succeeded."""
    assert manifest.path.exists()
    home = Home(tmp_path_factory.mktemp("built"))
    raw_history(home.root, people=80, days=90, seed=11)
    environment = {
        **os.environ,
        "KITH_HOME": str(home.root),
        "DBT_TARGET_PATH": str(home.root / "target"),
        "DBT_LOG_PATH": str(home.root / "logs"),
    }
    dbt = Path(sys.executable).parent / "dbt"
    build = subprocess.run(
        [str(dbt), "build", "--no-use-colors"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stdout[-4000:]
    return home


def breaches_found(connection: duckdb.DuckDBPyConnection, home: Home, law: str) -> int:
    """How many rows the law returns, or 1 if it says why in an error; none if it holds."""
    compiled = home.root / "target/compiled/kith/tests/conservation" / f"{law}.sql"
    try:
        return len(connection.execute(compiled.read_text()).fetchall())
    except duckdb.InvalidInputException:
        return 1


def test_every_law_has_a_breach_that_it_must_notice() -> None:
    assert {law for law, _ in BREACHES} == LAWS


@pytest.mark.parametrize(("law", "breach"), BREACHES)
def test_a_law_holds_until_something_is_lost_or_made(built: Home, law: str, breach: str) -> None:
    with connect(built.warehouse) as connection:
        connection.execute(f"attach '{built.doorways}' as doorways")
        assert breaches_found(connection, built, law) == 0
        connection.execute("begin")
        connection.execute(breach)
        assert breaches_found(connection, built, law) > 0
        connection.execute("rollback")
