"""Requests to the HubSpot emulator that several tests make."""

from typing import Any

import httpx

CONTACTS = "/crm/v3/objects/contacts"
UPSERT = f"{CONTACTS}/batch/upsert"


def inputs(*emails: str, mark: bool = True, **properties: object) -> dict[str, Any]:
    rows = [{"id": e, "idProperty": "email", "properties": properties} for e in emails]
    return {"inputs": [r | ({"objectWriteTraceId": r["id"]} if mark else {}) for r in rows]}


def listed(client: httpx.Client, **query: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    link: str | None = str(httpx.URL(CONTACTS, params={"limit": "100", **query}))
    while link:
        page = client.get(link).json()
        found += page["results"]
        link = page.get("paging", {}).get("next", {}).get("link")
    return found


def by_email(client: httpx.Client, email: str) -> dict[str, Any] | None:
    filters = [{"propertyName": "email", "operator": "EQ", "value": email}]
    found = client.post(f"{CONTACTS}/search", json={"filterGroups": [{"filters": filters}]})
    results: list[dict[str, Any]] = found.json()["results"]
    return results[0] if results else None
