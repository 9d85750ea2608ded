"""Requests to the Salesforce emulator that several tests make."""

from typing import Any

import httpx

DATA = "/services/data/v62.0"
UPSERT = f"{DATA}/composite/sobjects/Contact/Kith_Customer_Id__c"


def query(client: httpx.Client, soql: str, resource: str = "query") -> httpx.Response:
    return client.get(f"{DATA}/{resource}", params={"q": soql})


def person(key: str, **fields: object) -> dict[str, Any]:
    named = {"attributes": {"type": "Contact"}, "Kith_Customer_Id__c": key, "LastName": "Byron"}
    return named | fields


def upsert(client: httpx.Client, *records: dict[str, Any], **more: object) -> httpx.Response:
    return client.patch(UPSERT, json={"records": records, **more})


def held(client: httpx.Client, key: str, fields: str = "Id") -> list[dict[str, Any]]:
    soql = f"SELECT {fields} FROM Contact WHERE Kith_Customer_Id__c = '{key}'"
    records: list[dict[str, Any]] = query(client, soql).json()["records"]
    return records


def error_code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()[0]["errorCode"]
