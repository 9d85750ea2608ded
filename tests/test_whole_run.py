"""`kith run` from end to end: through an outage, kills at any point, and a failed test."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.report import Report
from orchestration.serve import LEDGER_DOORWAYS
from orchestration.warehouse import Home, Manifest, connect
from sandbox import world
from sandbox.demo import land
from sandbox.vendors.serve import Vendors
from tests.installation import READER, SENT_TWICE, Ended, Installation, reached
from tests.test_incremental import HISTORIES, differing

pytestmark = pytest.mark.timeout(900)
# They say when, and in which file, something was noticed.
LEDGERS = {"loads", *LEDGER_DOORWAYS}
PEOPLE = (Path(__file__).parent / "people_published.sql").read_text()
# HubSpot takes what is sent and answers long after nobody listens any more.
SLOW = {"rates": {"slow": 1}, "slow_seconds": 30, "only": "/crm/v3/objects/contacts/batch"}


@dataclass(frozen=True)
class After:
    """An installation after a run, with what was true at that moment."""

    installation: Installation
    run: Ended
    report: Report
    requests: dict[str, int]
    hooked: list[str]


def after(installation: Installation, run: Ended, code: int = 0) -> After:
    assert run.code == code, run.printed
    return After(
        installation, run, installation.report(), installation.requests(), installation.hooked()
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.build(tmp_path_factory.mktemp("world") / "world", people=150, days=60).root


@pytest.fixture(scope="module")
def outage(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[After]:
    """The first run ever, with HubSpot down."""
    home = Home(tmp_path_factory.mktemp("home"))
    land(folder, home.landing)
    shutil.copytree(home.landing / "events", home.landing / "evnts")
    with Vendors(folder) as vendors:
        installation = Installation(home, reached(vendors))
        installation.control("hubspot", "PUT", "faults", {"down": True})
        yield after(installation, installation.run(), code=2)


@pytest.fixture(scope="module")
def saved(outage: After, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the home as the outage left it."""
    copy = tmp_path_factory.mktemp("saved") / "home"
    return Home(shutil.copytree(outage.installation.home.root, copy))


@pytest.fixture(scope="module")
def recovered(saved: Home, outage: After) -> tuple[After, tuple[int, int]]:
    """The second run, with HubSpot up; and what somebody reading meanwhile counted, twice."""
    assert saved.serving.exists()
    installation = outage.installation
    installation.control("hubspot", "PUT", "faults", {})
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(installation.home.serving)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin and reader.stdout
        before = int(reader.stdout.readline())
        state = after(installation, installation.run())
        reader.stdin.write("\n")
        reader.stdin.flush()
        return state, (before, int(reader.stdout.readline()))


@pytest.fixture(scope="module")
def settled(recovered: tuple[After, tuple[int, int]]) -> After:
    """The third run, which takes up the contacts that our own sync made in HubSpot."""
    return after(recovered[0].installation, recovered[0].installation.run())


@pytest.fixture(scope="module")
def idle(settled: After) -> After:
    """The fourth run, when nothing is new."""
    return after(settled.installation, settled.installation.run())


@pytest.fixture(scope="module")
def killed(saved: Home, folder: Path) -> Iterator[After]:
    """What `recovered` did, but killed four times on the way."""
    with Vendors(folder) as vendors:
        installation = Installation(saved, reached(vendors))
        installation.kill_once(lambda log: " - load - STEP_START" in log)
        installation.kill_once(lambda log: re.search(r"\b30 of \d+ START", log))
        # Its dbt outlives it and holds the warehouse until it finds that nobody listens.
        installation.kill_once(lambda log: re.search(r"\b50 of \d+ START", log), spare_dbt=True)
        installation.control("hubspot", "PUT", "faults", SLOW)
        installation.kill_once(lambda _: installation.requests())
        installation.control("hubspot", "PUT", "faults", {})
        yield after(installation, installation.run())


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[After]:
    """The first run of a home whose vendors always answered."""
    home = Home(tmp_path_factory.mktemp("undisturbed"))
    land(folder, home.landing)
    with Vendors(folder) as vendors:
        installation = Installation(home, reached(vendors))
        yield after(installation, installation.run())


def test_a_vendor_that_is_down_fails_its_check_and_the_rest_is_published(outage: After) -> None:
    said, printed = outage.run.collected(), " ".join(outage.run.printed.split())
    assert {vendor for vendor in said if said[vendor] != {"passed"}} == {"hubspot"}
    told = ("hubspot.contacts, ", ": hubspot answered 503 to ", "landing/evnts: no source")
    assert not [words for words in told if words not in printed]
    loaded = outage.installation.published("select distinct source from collection.loads")
    assert {each for (each,) in loaded} == {"events", "ads", "labels", "salesforce", "pipedrive"}
    assert outage.report.customers > 100
    assert outage.report.syncs["hubspot_big_spenders"].status == "partial"
    assert outage.report.syncs["webhook_cart_abandoners"].sent > 0
    assert len(outage.hooked) == outage.report.syncs["webhook_cart_abandoners"].sent


def test_a_run_publishes_every_doorway_as_its_contract_says(
    recovered: tuple[After, tuple[int, int]], manifest: Manifest
) -> None:
    found = recovered[0].installation.published(
        "select schema_name, table_name, column_name, lower(data_type) from duckdb_columns() "
        "where not internal"
    )
    promised = {
        (node["schema"], node["name"], name, column["data_type"])
        for node in manifest.doorways()
        for name, column in node["columns"].items()
    }
    ledger = {each for each in found if each[1] in LEDGER_DOORWAYS}
    assert {each for each in found if each not in ledger} == promised
    assert {table for _, table, _, _ in ledger} == set(LEDGER_DOORWAYS)


def test_a_run_fills_the_segments_and_sends_every_sync(
    recovered: tuple[After, tuple[int, int]],
) -> None:
    state, _ = recovered
    assert len(state.report.segments) > 3
    assert {sync.status for sync in state.report.syncs.values()} == {"settled", "skipped"}
    assert state.report.syncs["hubspot_big_spenders"].sent > 0
    written = [
        each for each in state.installation.hubspot_contacts().values() if "kith_orders" in each
    ]
    assert len(written) == state.report.syncs["hubspot_big_spenders"].sent


def test_a_reader_keeps_what_it_opened_and_the_next_one_sees_the_new_publication(
    recovered: tuple[After, tuple[int, int]],
) -> None:
    state, (before, later) = recovered
    assert before == later
    [(now,)] = state.installation.published("select count(*) from collection.loads")
    assert now > before


def test_a_vendor_that_comes_back_leaves_no_trace_of_its_absence(
    outage: After, recovered: tuple[After, tuple[int, int]], undisturbed: After
) -> None:
    state, _ = recovered
    assert outage.report.source_records < state.report.source_records
    assert {verdict for said in state.run.collected().values() for verdict in said} == {"passed"}
    expected = undisturbed.installation.published(PEOPLE)
    assert len(expected) > 100
    assert state.installation.published(PEOPLE) == expected


def test_what_our_own_sync_wrote_comes_back_once_as_contacts_and_is_not_sent_again(
    recovered: tuple[After, tuple[int, int]], settled: After
) -> None:
    before, _ = recovered
    made = settled.report.source_records - before.report.source_records
    assert 0 <= made <= before.report.syncs["hubspot_big_spenders"].sent
    assert settled.report.customers == before.report.customers
    assert settled.report.requests == 0


def test_a_run_without_anything_new_adds_no_row_and_sends_no_request(
    settled: After, idle: After
) -> None:
    assert idle.report.requests == 0
    assert idle.requests == settled.requests
    assert idle.hooked == settled.hooked
    assert without_syncs(idle.report) == without_syncs(settled.report)


def without_syncs(figures: Report) -> Report:
    """The figures without those of the latest syncs, which differ from run to run."""
    return figures.model_copy(update={"syncs": {}})


def test_kills_at_any_point_end_in_the_same_tables(killed: After, idle: After) -> None:
    # When a contact was last stated is when the sync of that run wrote it at the vendor.
    ignored = HISTORIES | LEDGERS | {"customer_contact_points", "crm_contacts"}
    assert differing(killed.installation.home, idle.installation.home, ignored) == {}
    assert killed.installation.stated() == idle.installation.stated()


def test_kills_at_any_point_end_in_the_same_state_of_the_vendors(
    killed: After, outage: After, idle: After
) -> None:
    assert killed.installation.hubspot_contacts() == idle.installation.hubspot_contacts()
    assert sorted(killed.hooked) == sorted(idle.hooked[len(outage.hooked) :])


def test_after_a_kill_only_what_was_in_doubt_is_sent_again(killed: After) -> None:
    installation = killed.installation
    [(in_doubt, sent)] = installation.published(
        "select sum(in_doubt), sum(sent) from activation.sync_runs "
        "where sync = 'hubspot_big_spenders'"
    )
    assert in_doubt > 0
    assert sent == (sync := killed.report.syncs["hubspot_big_spenders"]).audience - sync.withheld
    assert not installation.published(SENT_TWICE)


def test_kills_leave_nothing_behind(killed: After) -> None:
    home = killed.installation.home
    assert (home.root / "run.lock").read_text() == ""
    assert [file for file in home.spool.rglob("*") if file.is_file() and file.suffix] == []
    assert not home.serving.with_suffix(".next").exists()


def test_a_failed_check_keeps_the_last_publication_and_sends_nothing(idle: After) -> None:
    installation = idle.installation
    published = installation.home.serving.stat()
    with connect(installation.home.warehouse) as connection:
        connection.execute("update raw.loads set duplicates = duplicates + 1")
    failed = installation.run()
    assert failed.code == 1
    assert "every_line_of_a_file_is_accounted_for" in failed.log
    assert "transform" in failed.printed
    now = installation.home.serving.stat()
    assert (now.st_ino, now.st_mtime_ns) == (published.st_ino, published.st_mtime_ns)
    assert installation.requests() == idle.requests
    assert without_syncs(installation.report()) == without_syncs(idle.report)
