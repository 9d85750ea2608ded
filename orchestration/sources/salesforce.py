"""Salesforce objects: one query over everything, then over what changed; deletions included."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from dlt.sources.helpers.rest_client.auth import BearerTokenAuth

from orchestration.sources.declaration import Salesforce
from orchestration.sources.vendor import Api, Cursor, Row, row

_QUERY = "/services/data/v62.0/queryAll"
_NEEDED = ("Id", "SystemModstamp", "IsDeleted")


def api() -> Api:
    """The org at `SALESFORCE_URL`, entered with the client credentials of the environment."""
    credentials = {
        "grant_type": "client_credentials",
        "client_id": os.environ["SALESFORCE_CLIENT_ID"],
        "client_secret": os.environ["SALESFORCE_CLIENT_SECRET"],
    }
    door = Api("salesforce", os.environ["SALESFORCE_URL"])
    reply = door.ask("POST", "/services/oauth2/token", "access_token", data=credentials)
    return Api("salesforce", reply["instance_url"], BearerTokenAuth(reply["access_token"]))


def rows(org: Api, wanted: Salesforce, state: dict[str, Any]) -> Iterator[Row]:
    """New versions of one object's records; `state` carries the position from run to run."""
    cursor = Cursor(state, wanted.fields)
    yield from cursor.saw(_version(record) for record in _queried(org, wanted, cursor))
    cursor.advance()


def _version(record: dict[str, Any]) -> Row:
    changed_at = record["SystemModstamp"].replace("+0000", "Z")
    # The date moves also with a write that changes nothing that is collected here, such as our own
    # sync's; the date of a version that is new stands beside it.
    content = {name: value for name, value in record.items() if name != "SystemModstamp"}
    return row(content, record["Id"], changed_at, is_deleted=record["IsDeleted"])


def _queried(org: Api, wanted: Salesforce, cursor: Cursor) -> Iterator[dict[str, Any]]:
    fields = dict.fromkeys([*wanted.fields, *_NEEDED])
    query = f"SELECT {', '.join(fields)} FROM {wanted.object}"
    if cursor.since is not None:
        query += f" WHERE SystemModstamp >= {cursor.since:%Y-%m-%dT%H:%M:%SZ}"
    query += " ORDER BY SystemModstamp, Id"
    path: str | None = f"{_QUERY}?{urlencode({'q': query})}"
    while path:
        page = org.ask("GET", path, "records")
        yield from page["records"]
        path = page.get("nextRecordsUrl")
