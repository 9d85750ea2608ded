"""A synthetic world: people, households and companies, what they do, and two CRMs that know some.

The SQL beside this module (`world/`) invents everything; this module runs it in order. The same
arguments give the same bytes: every draw is a pure function of the seed.
"""

import shutil
from collections.abc import Callable
from contextlib import contextmanager
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestration.warehouse import connect

SQL = Path(__file__).with_suffix("")
PEOPLE = ("randomness", "places", "catalogue", "companies", "people", "accounts")
BEHAVIOUR = ("sessions", "orders", "messages", "arrivals", "contexts", "bodies", "lines")
RECORDS = (
    "crm_fields",
    "hubspot_contacts",
    "hubspot_sales",
    "salesforce_people",
    "salesforce_sales",
    "spend",
    "truth",
)
COMPRESSIONS = {"": "none", "gz": "gzip", "zst": "zstd"}
