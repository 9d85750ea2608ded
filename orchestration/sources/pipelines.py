"""The dlt pipelines that write what the vendors' APIs return into the landing folder."""

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import dlt
from dlt.extract import DltResource, DltSource
from dlt.pipeline import trace

from orchestration.sources import (
    database,
    described,
    dlt_resource,
    hubspot,
    hubspot_lists,
    salesforce,
)
from orchestration.sources.arrivals import completed_loads, load_of
from orchestration.sources.declaration import (
    LISTS,
    Declaration,
    FromDescription,
    Hubspot,
    Salesforce,
)
from orchestration.sources.elsewhere import Database, FromDlt
from orchestration.sources.key_scan import KeyScan
from orchestration.sources.progress import told
from orchestration.sources.salesforce import UnknownFieldsError
from orchestration.sources.vendor import COLUMNS, Row, VendorError
from orchestration.warehouse import Home


def landing_pipeline(home: Home, source: str) -> dlt.Pipeline:
    """A dlt pipeline into `landing/<source>/`; its state is kept there too, beside the files."""
    os.environ.update(_settings(home))
    # With telemetry off dlt sends nothing, yet its trackers still leave a file outside our home.
    trace.TRACKING_MODULES.clear()
    home.dlt.mkdir(parents=True, exist_ok=True)
    _forget_unfinished(home.landing / source)
    return dlt.pipeline(
        pipeline_name=source,
        pipelines_dir=str(home.dlt),
        destination=dlt.destinations.filesystem(bucket_url=str(home.landing)),
        dataset_name=source,
    )


def _settings(home: Home) -> dict[str, str]:
    """dlt reads nothing and leaves nothing outside its folder, and keeps no second copy of data."""
    return {
        "DLT_DATA_DIR": str(home.dlt),
        "DLT_LOCAL_DIR": str(home.dlt),
        "DLT_PROJECT_DIR": str(home.dlt),
        "LOAD__DELETE_COMPLETED_JOBS": "true",
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }


def vendor_source(source: str, declarations: Iterable[Declaration]) -> DltSource:
    """The dlt source of one vendor, a resource per table; it asks nothing until it is run."""
    resources = [_resource(each) for each in declarations]
    return dlt.source(lambda: resources, name=source, max_table_nesting=0)()


def _resource(declaration: Declaration) -> DltResource:
    wanted = declaration.collect
    landed = {
        "name": declaration.table,
        "write_disposition": "append",
        "columns": COLUMNS,
        "file_format": "parquet",
    }
    if isinstance(wanted, FromDlt):
        read = dlt_resource.resource(declaration, wanted)
        return dlt.transformer(dlt_resource.rows_of(wanted), data_from=read, **landed)
    return dlt.resource(_reader(declaration), **landed)


def unfinished(pipeline: dlt.Pipeline, declarations: Iterable[Declaration]) -> list[Declaration]:
    """The tables of which a slice landed and more is to be read, by running the pipeline again."""
    states = pipeline.state.get("sources", {}).get(pipeline.pipeline_name, {}).get("resources", {})
    return [each for each in declarations if "paused" in states.get(each.table, {})]


def _reader(declaration: Declaration) -> Callable[[], Iterator[Row]]:
    def read() -> Iterator[Row]:
        state: dict[str, Any] = dlt.current.resource_state()
        title = f"{declaration.source}.{declaration.table}"
        try:
            yield from told(_versions(declaration, state), title)
        except UnknownFieldsError as unknown:
            fields = ", ".join(unknown.fields) or "one that is not named"
            raise VendorError(
                f"{declaration.file}: source table {title}: field {fields}: {unknown}, or does not "
                "show it to the user who reads. Take it out there, or give that user access to it."
            ) from None

    return read


def _versions(declaration: Declaration, state: dict[str, Any]) -> Iterator[Row]:
    wanted, home = declaration.collect, Home.from_environment()
    landed, scratch = (
        home.landing / declaration.landing,
        home.dlt / f"{declaration.identifier}.keys",
    )
    scan = partial(KeyScan, landed, scratch)
    if isinstance(wanted, Hubspot) and wanted.object in LISTS:
        yield from hubspot_lists.rows(hubspot.api(), wanted, state, scan)
    elif isinstance(wanted, Hubspot):
        yield from hubspot.rows(hubspot.api(), wanted, state, scan)
    elif isinstance(wanted, Salesforce):
        yield from salesforce.rows(salesforce.api(), wanted, state, scan)
    elif isinstance(wanted, FromDescription):
        yield from described.rows(wanted, state, scan)
    elif isinstance(wanted, Database):
        yield from database.rows(wanted, state, landed, scratch)
    else:
        raise TypeError(f"{declaration.source}.{declaration.table} is not read from an API")


def _forget_unfinished(folder: Path) -> None:
    """Remove what a killed load left: its position would hide records that never arrived."""
    completed = completed_loads(folder)
    for state in (folder / "_dlt_pipeline_state").glob("*.jsonl"):
        if state.stem.split("__")[-2] not in completed:
            state.unlink()
    for data in folder.glob("*/*.parquet"):
        if load_of(data) not in completed:
            data.unlink()
