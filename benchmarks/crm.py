"""Area `crm`: a first reading of HubSpot's contacts, beside dlt alone and HubSpot's own limit."""

import os
from collections.abc import Iterator, Mapping
from functools import partial
from statistics import median
from unittest.mock import patch

import dlt
import httpx
from dlt.sources.rest_api import rest_api_source

from benchmarks.bench import Bench
from benchmarks.figures import AtLeast, Figure, seconds
from orchestration.sources.declaration import Declaration, Hubspot
from orchestration.sources.pipelines import landing_pipeline, unfinished, vendor_source
from orchestration.warehouse import Home
from sandbox.vendors.limits import Limits
from sandbox.vendors.serve import Vendors

PAGE = 100
PROPERTIES = ("email", "firstname", "lastname", "phone", "city")
CONTACTS = Declaration(
    source="hubspot",
    table="contacts",
    identifier="hubspot_contacts",
    collect=Hubspot(kind="hubspot", object="contacts", properties=PROPERTIES),
)
ENDLESS = Limits(hubspot_ten_seconds=10**9, hubspot_search_second=10**9)


def figures(bench: Bench) -> Iterator[Figure]:
    """A fiftieth as many contacts as the bench has events; both read all of them, in turns."""
    count = max(PAGE, bench.events // 50)
    with Vendors(limits=ENDLESS) as vendors, patch.dict(os.environ, vendors.environment()):
        _fill(vendors.environment()["HUBSPOT_URL"], count, bench)
        ours, theirs = [], []
        for number in range(bench.rounds):
            bench.report(f"{count:,} contacts, {number + 1} of {bench.rounds}")
            home = bench.fresh_home("crm")
            ours.append(seconds(partial(_by_kith, home)))
            theirs.append(seconds(partial(_by_dlt, home, vendors.environment())))
    taken, alone = median(ours), median(theirs)
    said = f"{count / taken:,.0f} and {count / alone:,.0f} contacts/s, n={bench.rounds}"
    yield Figure("crm", "reading HubSpot ÷ dlt alone", taken / alone, said)
    admitted = PAGE * Limits().hubspot_ten_seconds / 10
    yield Figure(
        "crm",
        "contacts/s ÷ what HubSpot admits",
        count / taken / admitted,
        f"{count / taken:,.0f} of {admitted:,.0f} contacts/s, n={bench.rounds}",
        AtLeast(1.0),
    )


def _fill(url: str, count: int, bench: Bench) -> None:
    bench.report(f"making {count:,} contacts")
    for start in range(0, count, 1000):
        records = [
            {"properties": {"email": f"c{n}@example.com", "firstname": "Ada", "city": "Utrecht"}}
            for n in range(start, min(count, start + 1000))
        ]
        body = {"object": "contacts", "records": records}
        httpx.post(f"{url}/_sandbox/upsert", json=body, timeout=60).raise_for_status()


def _by_kith(home: Home) -> None:
    """As a run reads it: slice by slice, the position kept beside what landed."""
    left = [CONTACTS]
    while left:
        pipeline = landing_pipeline(home, "hubspot")
        pipeline.run(vendor_source("hubspot", left))
        left = unfinished(pipeline, left)


def _by_dlt(home: Home, environment: Mapping[str, str]) -> None:
    """As dlt's documentation has it, a resource of its REST source, to the same kind of file."""
    source = rest_api_source(
        {
            "client": {
                "base_url": environment["HUBSPOT_URL"],
                "auth": {"type": "bearer", "token": environment["HUBSPOT_TOKEN"]},
                "paginator": {
                    "type": "cursor",
                    "cursor_path": "paging.next.after",
                    "cursor_param": "after",
                },
            },
            "resources": [
                {
                    "name": "contacts",
                    "endpoint": {
                        "path": "crm/v3/objects/contacts",
                        "params": {"limit": PAGE, "properties": ",".join(PROPERTIES)},
                        "data_selector": "results",
                    },
                }
            ],
        },
        max_table_nesting=0,
    )
    pipeline = dlt.pipeline(
        pipeline_name="alone",
        pipelines_dir=str(home.dlt),
        destination=dlt.destinations.filesystem(bucket_url=str(home.root / "alone")),
        dataset_name="alone",
    )
    pipeline.run(source, loader_file_format="parquet")
