"""Asset checks of what was loaded, which only warn: is it fresh, of the usual size, as planned?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, ConfigDict, Field

from orchestration.sources.declaration import EventFiles, declarations
from orchestration.warehouse import Home, Manifest, connect

FRESHNESS = "freshness"
VOLUME = "volume"
TRACKING_PLAN = "tracking_plan"
_HOURS = {"minute": 1 / 60, "hour": 1, "day": 24}
_SQL = Path(__file__).with_suffix(".sql")
_FINDINGS = Path(__file__).with_name("tracking_findings.sql")


class Volume(BaseModel):
    """`meta.volume` of a source table: bounds in per cent of the median of the batches before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_percent: float = Field(ge=0)
    most_percent: float = Field(gt=0)


def source_checks(manifest: Manifest) -> dg.AssetChecksDefinition:
    """One op for all source tables that come from outside; it reads the load's own ledger."""
    tables = _tables(manifest)
    keys = {table: dg.AssetKey(list(table)) for table in tables}
    events = [
        dg.AssetKey([each.source, each.table])
        for each in declarations(manifest)
        if isinstance(each.collect, EventFiles)
    ]
    names = [(key, name) for key in keys.values() for name in (FRESHNESS, VOLUME)]
    names += [(key, TRACKING_PLAN) for key in events]

    @dg.multi_asset_check(
        name="source_checks",
        specs=[dg.AssetCheckSpec(name, asset=key) for key, name in names],
        pool="warehouse",
        # Nothing waits for them, so they wait until everything is sent.
        op_tags={"dagster/priority": "-1"},
    )
    def check_sources() -> Iterator[dg.AssetCheckResult]:
        home = Home.from_environment()
        yield from _loads(home, tables)
        yield from (_findings(home, key) for key in events)

    return check_sources


def _tables(manifest: Manifest) -> dict[tuple[str, str], dict[str, Any]]:
    """Per source table, by source and name: the folder of its files and its bounds."""
    declared = {
        (each.source, each.table): str(each.landing)
        for each in declarations(manifest)
        if each.is_dropped or each.is_vendors
    }
    found = {}
    for node in manifest.sources():
        table = (node["source_name"], node["name"])
        if table in declared:
            volume = Volume.model_validate(node["config"]["meta"]["volume"])
            found[table] = {
                "folder": declared[table],
                "stale_after_hours": _patience(node["config"]["freshness"]),
                **volume.model_dump(),
            }
    return found


def _patience(freshness: dict[str, Any] | None) -> float | None:
    """Hours without anything new after which a table is stale; None where `freshness: null`."""
    limit = (freshness or {}).get("warn_after") or {}
    return limit["count"] * _HOURS[limit["period"]] if limit.get("count") else None


def _loads(
    home: Home, tables: dict[tuple[str, str], dict[str, Any]]
) -> Iterator[dg.AssetCheckResult]:
    bound = [
        {"source": source, "source_table": table, **bounds}
        for (source, table), bounds in tables.items()
    ]
    with connect(home.warehouse, read_only=True) as connection:
        rows = connection.execute(_SQL.read_text(), {"tables": bound}).fetchall()
    found = {(source, table): measures for source, table, *measures in rows}
    for table in tables:
        # What never brought anything is no source of this installation yet.
        hours, limit, is_fresh, newest, usual, is_usual = found.get(
            table, (None, None, True, None, None, True)
        )
        key = dg.AssetKey(list(table))
        fresh = {"hours_since_anything_new": hours, "stale_after_hours": limit}
        yield _result(key, FRESHNESS, passed=is_fresh, counts=fresh)
        size = {"rows_of_newest_batch": newest, "usual_rows": usual}
        yield _result(key, VOLUME, passed=is_usual, counts=size)


def _findings(home: Home, key: dg.AssetKey) -> dg.AssetCheckResult:
    with connect(home.warehouse, read_only=True) as connection:
        rows = connection.execute(_FINDINGS.read_text()).fetchall()
    counts = {f"{event}: messages in violation": violating for event, violating, _ in rows}
    counts |= {f"{event}: messages held": held for event, _, held in rows if held}
    return _result(key, TRACKING_PLAN, passed=not rows, counts=counts)


def _result(
    key: dg.AssetKey, name: str, *, passed: bool, counts: dict[str, Any]
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={label: count for label, count in counts.items() if count is not None},
    )
