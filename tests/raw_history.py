"""A small raw history, and warehouses that take it up in pieces of any size."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest as ParsedManifest

from orchestration.sources.declaration import declarations
from orchestration.sources.intake import load
from orchestration.warehouse import PROJECT, Home, Manifest, connect
from sandbox import world
from sandbox.demo import land

CRM = {
    "hubspot_contacts": "hubspot/contacts",
    "hubspot_companies": "hubspot/companies",
    "hubspot_deals": "hubspot/deals",
    "hubspot_calls": "hubspot/calls",
    "hubspot_emails": "hubspot/emails",
    "hubspot_meetings": "hubspot/meetings",
    "hubspot_tasks": "hubspot/tasks",
    "hubspot_notes": "hubspot/notes",
    "salesforce_lead": "salesforce/Lead",
    "salesforce_contact": "salesforce/Contact",
    "salesforce_account": "salesforce/Account",
    "salesforce_opportunity": "salesforce/Opportunity",
    "salesforce_task": "salesforce/Task",
    "salesforce_event": "salesforce/Event",
    "salesforce_campaign": "salesforce/Campaign",
    "salesforce_campaign_member": "salesforce/CampaignMember",
    "pipedrive_persons": "pipedrive/persons",
    "pipedrive_organizations": "pipedrive/organizations",
    "pipedrive_deals": "pipedrive/deals",
    "pipedrive_activities": "pipedrive/activities",
    "pipedrive_leads": "pipedrive/leads",
    "zoho_leads": "zoho/Leads",
    "zoho_contacts": "zoho/Contacts",
    "zoho_accounts": "zoho/Accounts",
    "zoho_deals": "zoho/Deals",
    "zoho_tasks": "zoho/Tasks",
    "zoho_events": "zoho/Events",
    "zoho_calls": "zoho/Calls",
}
ROOT = str(PROJECT)
# Nobody reads dbt's own log of a test, and writing it takes a sixth of the time.
SILENT = ("--quiet", "--log-level-file", "none", "--no-write-json")
SQL = Path(__file__).with_suffix(".sql")


def load_world(home: Home, made: world.World) -> None:
    """Load a world's files, and its CRM records as if they had been collected."""
    land(made.root, home.landing)
    load(home, declarations(Manifest()))
    with connect(home.warehouse) as connection:
        for table, path in CRM.items():
            connection.execute(
                f"insert into raw.{table} by name "
                "select record_id, updated_at, is_deleted, record, 1 as batch_id "
                f"from '{made.root / path}.parquet'"
            )


def raw_history(folder: Path, *, people: int, days: int, seed: int) -> Path:
    """Everything that ever arrived, loaded at once: the warehouse file of a home without models.

    Some CRM records have a second version, with another e-mail address or as a tombstone.
    """
    home = Home(folder)
    load_world(home, world.build(folder / "world", seed=seed, people=people, days=days))
    with connect(home.warehouse) as connection:
        connection.execute(SQL.read_text())
    return home.warehouse


@dataclass(frozen=True)
class Warehouse:
    """A home whose raw rows come from a history, batch by batch."""

    home: Home

    def take_up(self, history: Path, cut: str, batches: range) -> None:
        """Copy the raw rows to which the SQL expression `cut` gives one of these batches."""
        with connect(self.home.warehouse) as connection:
            connection.execute(f"attach '{history}' as history (read_only)")
            connection.execute("create schema if not exists raw")
            tables = connection.execute(
                "select table_name from duckdb_tables() "
                "where database_name = 'history' and schema_name = 'raw'"
            ).fetchall()
            for (table,) in tables:
                if table in ("loads", "quarantine"):
                    chosen = f"from history.raw.{table} where false"
                else:
                    chosen = (
                        f"select * replace ({cut} as batch_id) from history.raw.{table} as row "
                        f"where {cut} between {batches.start} and {batches.stop - 1}"
                    )
                connection.execute(f"create table if not exists raw.{table} as {chosen} limit 0")
                connection.execute(f"insert into raw.{table} {chosen}")
            for batch in batches:
                connection.execute(
                    "insert into raw.loads values "
                    "(?, 'events', 'batch ' || ?, 0, 0, 0, 0, 0, timestamp '2026-12-01')",
                    [batch, batch],
                )

    def build(self, *arguments: str) -> None:
        """Run every model in this process; AssertionError with dbt's words if one fails."""
        commands = [["run", *arguments]]
        if not self.home.doorways.exists():
            commands.insert(0, ["seed"])
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("KITH_HOME", str(self.home.root))
            environment.setenv("DBT_TARGET_PATH", str(self.home.root / "target"))
            environment.setenv("DBT_LOG_PATH", str(self.home.root / "logs"))
            for command in commands:
                # A manifest that is handed over spares dbt the parsing, most of its time.
                result = dbtRunner(manifest=parsed_manifest()).invoke(
                    [*command, *SILENT, "--project-dir", ROOT, "--profiles-dir", ROOT]
                )
                assert result.success, result.exception or "what failed is in dbt's words above"
        # dbt would keep the files until this process ends.
        close: Callable[[], None] = DuckDBConnectionManager.close_all_connections
        close()


@cache
def parsed_manifest() -> ParsedManifest:
    """dbt's manifest of this project, parsed once for all builds of this process."""
    result = dbtRunner().invoke(["parse", "--quiet", "--project-dir", ROOT, "--profiles-dir", ROOT])
    assert isinstance(result.result, ParsedManifest), result.exception
    return result.result
