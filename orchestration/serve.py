"""Publication: a new serving file is made beside the old one and takes its place at once."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.activation.ledger import statement, unchanged_ledger
from orchestration.activation.lost import notice_losses
from orchestration.warehouse import Home, Manifest, connect

SERVING = dg.AssetKey(["serve", "serving"])
LEDGER = dg.AssetKey(["serve", "ledger"])
COPIED = ("sync_runs", "sync_changes", "sync_rejections")
LEDGER_DOORWAYS = (*COPIED, "sync_status")


def publish(home: Home, *, compact: bool = False) -> dict[str, int]:
    """Publish the doorways and the ledger; returns rows per doorway, `room.name` → count.

    The new file is a byte copy of the doorways' file. `compact` writes it row by row instead, which
    leaves nothing behind of what was deleted.
    """
    with connect(home.doorways):
        # Opening for writing replays what a killed run left, closing empties the log into the file.
        pass

    def doorways(new: Path) -> None:
        if compact:
            _copy_rows(home.doorways, new)
        else:
            shutil.copyfile(home.doorways, new)

    return _swap(home, doorways)


def publish_ledger(home: Home) -> dict[str, int]:
    """Publish what the syncs of this run did, beside the doorways that are already out."""
    return _swap(home, lambda new: shutil.copyfile(home.serving, new))


def _swap(home: Home, fill: Callable[[Path], object]) -> dict[str, int]:
    new = home.serving.with_suffix(".next")
    for leftover in (new, new.with_suffix(".next.wal")):
        leftover.unlink(missing_ok=True)
    fill(new)
    notice_losses(home)
    with unchanged_ledger(home) as connection:
        connection.execute(f"attach '{new}' as serving (read_write)")
        _copy_ledger(connection)
        rows = _count_rows(connection)
        connection.execute("checkpoint serving")
        connection.execute("detach serving")
    with new.open("rb") as file:
        os.fsync(file.fileno())
    # A reader with the old file open keeps its snapshot; whoever opens next sees the new one.
    new.replace(home.serving)
    return rows


def _copy_rows(old: Path, new: Path) -> None:
    with connect(Path(":memory:")) as connection:
        connection.execute(f"attach '{old}' as doorways (read_only)")
        connection.execute(f"attach '{new}' as serving")
        connection.execute("copy from database doorways to serving")


def _copy_ledger(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("drop schema if exists serving.runs cascade")
    connection.execute("create schema if not exists serving.activation")
    for doorway in COPIED:
        connection.execute(
            f"create or replace table serving.activation.{doorway} "
            f"as select * from ledger.activation.{doorway}"
        )
    connection.execute(statement("status"))


def _count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'serving' "
        "order by schema_name, table_name"
    ).fetchall()
    return {
        f"{schema}.{table}": connection.execute(
            f"select count(*) from serving.{schema}.{table}"
        ).fetchall()[0][0]
        for schema, table in tables
    }


class Publication(dg.Config):
    """How to publish; the daily schedule compacts, a micro-batch copies."""

    compact: bool = False


def serve_assets(manifest: Manifest, syncs: list[dg.AssetKey]) -> list[dg.AssetsDefinition]:
    """The publication after the doorways, and the ledger's after the syncs."""
    doorways = [dg.AssetKey([node["schema"], node["name"]]) for node in manifest.doorways()]

    @dg.asset(
        key=SERVING,
        deps=doorways,
        group_name="serve",
        kinds={"duckdb"},
        pool="warehouse",
        description="The file that BI tools, notebooks and syncs read: all doorways, tested.",
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=36)),
    )
    def serving(config: Publication) -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(
            metadata=dict(publish(Home.from_environment(), compact=config.compact))
        )

    @dg.asset(
        key=LEDGER,
        deps=[SERVING, *syncs],
        group_name="serve",
        kinds={"duckdb"},
        description="What was sent and refused, published beside the doorways.",
    )
    def ledger() -> dg.MaterializeResult[None]:
        rows = publish_ledger(Home.from_environment())
        return dg.MaterializeResult(
            metadata={name: rows[f"activation.{name}"] for name in LEDGER_DOORWAYS}
        )

    return [serving, ledger]
