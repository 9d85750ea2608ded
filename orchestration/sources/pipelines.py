"""The dlt pipelines that write what the vendors' APIs return into the landing folder."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import dlt
from dlt.extract import DltResource, DltSource
from dlt.pipeline import trace

from orchestration.sources import described, hubspot, salesforce
from orchestration.sources.arrivals import completed_loads, load_of
from orchestration.sources.declaration import Declaration, FromDescription, Hubspot, Salesforce
from orchestration.sources.vendor import COLUMNS, Row
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
    return dlt.resource(
        _reader(declaration),
        name=declaration.table,
        write_disposition="append",
        columns=COLUMNS,
        file_format="parquet",
    )


def _reader(declaration: Declaration) -> Callable[[], Iterator[Row]]:
    wanted = declaration.collect

    def read() -> Iterator[Row]:
        state: dict[str, Any] = dlt.current.resource_state()
        if isinstance(wanted, Hubspot):
            yield from hubspot.rows(hubspot.api(), wanted, state)
        elif isinstance(wanted, Salesforce):
            yield from salesforce.rows(salesforce.api(), wanted, state)
        elif isinstance(wanted, FromDescription):
            yield from described.rows(wanted, state)
        else:
            raise TypeError(f"{declaration.source}.{declaration.table} is not read from an API")

    return read


def _forget_unfinished(folder: Path) -> None:
    """Remove what a killed load left: its position would hide records that never arrived."""
    completed = completed_loads(folder)
    for state in (folder / "_dlt_pipeline_state").glob("*.jsonl"):
        if state.stem.split("__")[-2] not in completed:
            state.unlink()
    for data in folder.glob("*/*.parquet"):
        if load_of(data) not in completed:
            data.unlink()
