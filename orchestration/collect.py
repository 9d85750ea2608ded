"""The front door in Dagster: what lands from vendors' APIs, and what others drop as files."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

import dagster as dg
from dagster_dlt import DagsterDltResource, DagsterDltTranslator
from dagster_dlt.translator import DltResourceTranslatorData
from dlt.extract.exceptions import ResourceExtractionError
from dlt.pipeline.exceptions import PipelineStepFailed

from orchestration.sources.declaration import Declaration, FromDescription, declarations
from orchestration.sources.described import demand_paging
from orchestration.sources.elsewhere import FromDlt
from orchestration.sources.pipelines import landing_pipeline, unfinished, vendor_source
from orchestration.sources.progress import passed_on
from orchestration.sources.vendor import RefusedError, VendorError
from orchestration.warehouse import Home, Manifest

CHECK = "collected"


class Landing(DagsterDltTranslator):  # type: ignore[misc]  # dagster-dlt is not type-checked
    """A dlt resource's asset is the table's folder in the landing zone."""

    def get_asset_spec(self, data: DltResourceTranslatorData) -> dg.AssetSpec:
        """Named as in `landing_key`: the dlt source is called as the dbt source."""
        return dg.AssetSpec(["landing", data.resource.source_name, data.resource.name])


def landing_key(declaration: Declaration) -> dg.AssetKey:
    """The asset of a table's files in the landing folder."""
    return dg.AssetKey(["landing", declaration.source, declaration.table])


def collect_assets(manifest: Manifest) -> list[dg.AssetsDefinition]:
    """One op per vendor; the files that others drop are external assets."""
    outside = (each for each in declarations(manifest) if each.is_dropped or each.is_vendors)
    declared = sorted(outside, key=lambda each: (each.is_dropped, each.source))
    assets = []
    for (is_dropped, source), group in groupby(declared, lambda e: (e.is_dropped, e.source)):
        tables = list(group)
        if is_dropped:
            assets.append(dg.AssetsDefinition(specs=[_spec(table, "file") for table in tables]))
        else:
            assets.append(_vendor_asset(source, tables))
    return assets


def _spec(table: Declaration, *kinds: str) -> dg.AssetSpec:
    return dg.AssetSpec(landing_key(table), group_name="collect", kinds=set(kinds))


def _vendor_asset(source: str, tables: list[Declaration]) -> dg.AssetsDefinition:
    for kind in {each.collect.kind for each in tables if isinstance(each.collect, FromDescription)}:
        demand_paging(kind)

    @dg.multi_asset(
        name=f"collect_{source}",
        specs=[_spec(table, "dlt", table.collect.kind) for table in tables],
        check_specs=[dg.AssetCheckSpec(CHECK, asset=landing_key(table)) for table in tables],
    )
    def collect(
        context: dg.AssetExecutionContext, dlt: DagsterDltResource
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Read the vendor; a table that fails says so in its check and the run goes on."""
        named = {name for table in tables for name in table.collect.variables}
        if missing := sorted(name for name in named if not os.environ.get(name)):
            unset = f"no credentials: {', '.join(missing)} not set"
            yield from (_skipped(table, unset, passed=True) for table in tables)
            return
        with passed_on(context.log.info):
            landed = _landed(context, dlt, source, tables)
        for table in tables:
            key = landing_key(table)
            if cause := landed.failures.get(table.table):
                why = told(cause, table)
                context.log.warning("not read: %s.%s: %s", source, table.table, why)
                yield _skipped(table, why, passed=False)
            elif result := landed.results.get(key):
                check = dg.AssetCheckResult(passed=True, asset_key=key, check_name=CHECK)
                yield dg.MaterializeResult(
                    asset_key=key, metadata=result.metadata, check_results=[check]
                )

    return collect


@dataclass
class _Landed:
    """What landed of each table, the last slice of those of which there is a lot; what failed."""

    results: dict[dg.AssetKey, dg.MaterializeResult[None]] = field(default_factory=dict)
    failures: dict[str, VendorError] = field(default_factory=dict)


def _landed(
    context: dg.AssetExecutionContext,
    dlt: DagsterDltResource,
    source: str,
    tables: list[Declaration],
) -> _Landed:
    """Reads the tables; without one that fails the others are read again."""
    landed = _Landed()
    while tables:
        pipeline = landing_pipeline(Home.from_environment(), source)
        try:
            slices = dlt.run(
                context=context,
                dlt_source=vendor_source(source, tables),
                dlt_pipeline=pipeline,
                dagster_dlt_translator=Landing(),
            )
            landed.results |= {each.asset_key: each for each in slices}
        except (PipelineStepFailed, VendorError) as failure:
            cause = vendor_error(failure) or _error_of_others(source, tables, failure)
            if cause is None:
                raise
            broken = [each for each in tables if cause.concerns_all or each.table == _at(failure)]
            landed.failures |= {each.table: cause for each in broken or tables}
            tables = [each for each in tables if broken and each not in broken]
        else:
            tables = unfinished(pipeline, tables)
    return landed


def _at(failure: BaseException) -> str | None:
    """The table that was being read when the pipeline failed."""
    cause: BaseException | None = failure
    while cause is not None and not isinstance(cause, ResourceExtractionError):
        cause = cause.__cause__ or cause.__context__
    return cause.pipe_name if cause is not None else None


def vendor_error(failure: BaseException) -> VendorError | None:
    """The vendor's part in a failure of the pipeline, if it is the vendor's."""
    cause: BaseException | None = failure
    while cause is not None and not isinstance(cause, VendorError):
        cause = cause.__cause__ or cause.__context__
    return cause


def _error_of_others(
    source: str, tables: list[Declaration], failure: BaseException
) -> VendorError | None:
    """What failed while a dlt source was read that others wrote; its words may hold secrets."""
    is_read = isinstance(failure, PipelineStepFailed) and failure.step == "extract"
    if not is_read or not any(isinstance(table.collect, FromDlt) for table in tables):
        return None
    cause = failure
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return VendorError(f"{source}: its dlt source failed: {type(cause).__name__}")


def told(cause: VendorError, table: Declaration) -> str:
    """What failed, and what to do where that is known."""
    status = cause.status if isinstance(cause, RefusedError) else None
    if status == 401:
        return f"{cause}: the credentials are refused, see {', '.join(table.collect.variables)}"
    if status == 403:
        return f"{cause}: the credentials may not read this, docs/collection.md has what they need"
    return str(cause)


def _skipped(table: Declaration, cause: str, *, passed: bool) -> dg.MaterializeResult[None]:
    key = landing_key(table)
    check = dg.AssetCheckResult(
        passed=passed,
        asset_key=key,
        check_name=CHECK,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"cause": cause},
    )
    # The load runs after every landing asset, so each must come to an end also without new files.
    return dg.MaterializeResult(
        asset_key=key, metadata={"rows_loaded": 0, "cause": cause}, check_results=[check]
    )
