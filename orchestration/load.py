"""The load step in Dagster: everything new in the landing folder, in one transaction."""

from collections.abc import Iterator

import dagster as dg

from orchestration.collect import landing_key
from orchestration.sources.declaration import Declaration, declarations
from orchestration.sources.intake import LoadReport, load
from orchestration.warehouse import Home, Manifest


def load_asset(manifest: Manifest) -> dg.AssetsDefinition:
    """One op for all source tables; their keys are those that dbt's models depend on."""
    tables = declarations(manifest)

    @dg.multi_asset(
        name="load",
        specs=[
            dg.AssetSpec(
                _key(table), deps=[landing_key(table)], group_name="staging", kinds={"duckdb"}
            )
            for table in tables
        ],
        pool="warehouse",
    )
    def load_files(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Append what is new to the raw tables; refused lines are counted, never fatal."""
        report = load(Home.from_environment(), tables)
        for file in report.waiting:
            context.log.info(
                "noticed: %s is young and does not end with a whole line: it waits for a later run",
                file,
            )
        for folder in report.strays:
            context.log.warning(
                "noticed: nobody reads what lies in %s: no source declares that folder", folder
            )
        for file in report.overwritten:
            context.log.warning(
                "noticed: %s changed after it was loaded, and what it says now is not loaded: "
                "a file is loaded once, so send it under another name",
                file,
            )
        for table in tables:
            yield dg.MaterializeResult(asset_key=_key(table), metadata=_metadata(table, report))

    return load_files


def _key(table: Declaration) -> dg.AssetKey:
    return dg.AssetKey([table.source, table.table])


def _metadata(table: Declaration, report: LoadReport) -> dict[str, int | str]:
    found: dict[str, int | str] = {"files": 0, "loaded": 0, "duplicates": 0, "quarantined": 0}
    for each in report.tables:
        if (each.source, each.table) == (table.source, table.table):
            found = {name: int(getattr(each, name)) for name in found}
            # Its kind may be new to a field that staging reads: somebody should look.
            found |= {"new_fields": each.new_fields} if each.new_fields else {}
    return found if report.batch_id is None else {"batch_id": report.batch_id, **found}
