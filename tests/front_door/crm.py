"""Both vendors, edited as people would, and an installation that collects from them."""

from typing import Any

import httpx

from orchestration.sources.declaration import Declaration, Hubspot, Salesforce
from orchestration.sources.intake import LoadReport, load
from orchestration.sources.pipelines import landing_pipeline, vendor_source
from orchestration.warehouse import Home, connect

CONTACTS = Declaration(
    source="hubspot",
    table="contacts",
    identifier="hubspot_contacts",
    collect=Hubspot(kind="hubspot", object="contacts", properties=("email", "firstname")),
)
LEADS = Declaration(
    source="salesforce",
    table="lead",
    identifier="salesforce_lead",
    collect=Salesforce(kind="salesforce", object="Lead", fields=("Id", "Email", "Company")),
)
TABLES = {"hubspot": CONTACTS, "salesforce": LEADS}
OBJECTS = {"hubspot": "contacts", "salesforce": "Lead"}


class Sandbox:
    """Both vendors, edited as people would, and the installation that collects from them."""

    def __init__(self, environment: dict[str, str], home: Home) -> None:
        self.home = home
        self.urls = {name: environment[f"{name.upper()}_URL"] for name in TABLES}

    def control(self, method: str, vendor: str, action: str, body: object = None) -> dict[str, Any]:
        reply = httpx.request(method, f"{self.urls[vendor]}/_sandbox/{action}", json=body)
        found: dict[str, Any] = reply.raise_for_status().json() if reply.content else {}
        return found

    def faults(self, vendor: str, **plan: object) -> None:
        self.control("PUT", vendor, "faults", plan)

    def edit(self, vendor: str, *records: dict[str, Any]) -> list[str]:
        if vendor == "hubspot":
            records = tuple(
                {"id": each.pop("Id", None), "properties": each} for each in map(dict, records)
            )
            records = tuple({k: v for k, v in each.items() if v} for each in records)
        body = {"object": OBJECTS[vendor], "records": list(records)}
        ids: list[str] = self.control("POST", vendor, "upsert", body)["ids"]
        return ids

    def delete(self, vendor: str, *ids: str) -> None:
        self.control("POST", vendor, "delete", {"object": OBJECTS[vendor], "ids": list(ids)})

    def requests(self, vendor: str) -> dict[str, int]:
        return self.control("GET", vendor, "requests")

    def collect(self, vendor: str) -> None:
        pipeline = landing_pipeline(self.home, vendor)
        pipeline.drop()
        pipeline.run(vendor_source(vendor, [TABLES[vendor]]))

    def load(self) -> LoadReport:
        return load(self.home, TABLES.values())

    def rows(self, text: str) -> list[Any]:
        with connect(self.home.warehouse, read_only=True) as connection:
            return connection.execute(text).fetchall()

    def latest(self, vendor: str) -> dict[str, tuple[bool, str]]:
        """What the raw table says of each record: deleted or not, and its e-mail address."""
        email = "$.properties.email" if vendor == "hubspot" else "$.Email"
        table = TABLES[vendor].identifier
        found = self.rows(
            f"""select record_id, is_deleted, record ->> '{email}' from raw.{table}
            qualify row_number() over (
                partition by record_id
                order by cast(updated_at as timestamptz) desc, batch_id desc) = 1"""
        )
        return {record_id: (is_deleted, email) for record_id, is_deleted, email in found}


def emails(count: int, prefix: str) -> list[dict[str, Any]]:
    return [
        {"Email": f"{prefix}{n}@example.com", "LastName": "x", "Company": "y"} for n in range(count)
    ]


def as_contacts(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"email": each["Email"]} for each in records]


def people(vendor: str, count: int, prefix: str) -> list[dict[str, Any]]:
    found = emails(count, prefix)
    return as_contacts(found) if vendor == "hubspot" else found
