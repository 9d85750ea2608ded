"""What a reader finds in a world: identifiers as a person would normalise them by hand."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from sandbox.world import World

JUNK = {"null", "n/a", "test@test.com", "0000000000", "anonymous"}
DIAL_CODES = {"DE": "49", "ES": "34", "FR": "33", "GB": "44", "NL": "31", "US": "1"}

Identifier = tuple[str, str]
Message = dict[str, Any]
Truth = dict[str, dict[Identifier, set[int]]]


def e164(text: str, country: str) -> str:
    """`+<dial code><number>` of a phone number as somebody in `country` writes it."""
    digits = "".join(character for character in text if character.isdigit())
    if text.startswith("+"):
        return f"+{digits}"
    if text.startswith("00"):
        return f"+{digits[2:]}"
    if country == "US":
        return f"+1{digits[-10:]}"
    return f"+{DIAL_CODES[country]}{digits.removeprefix('0')}"


def copies(world: World) -> Iterator[Message]:
    """Every line that is a JSON object with a messageId, in order of arrival."""
    for file in world.events:
        for line in file.read_text().splitlines():
            try:
                message = json.loads(line)
            except json.JSONDecodeError:
                continue
            if isinstance(message, dict) and "messageId" in message:
                yield message


def messages_of(world: World) -> list[Message]:
    """Each message once, as it came first, in order of arrival."""
    first: dict[str, Message] = {}
    for message in copies(world):
        first.setdefault(message["messageId"], message)
    return list(first.values())


def truth_of(world: World) -> Truth:
    """Source to identifier to the people it belongs to."""
    truth: Truth = defaultdict(lambda: defaultdict(set))
    rows = duckdb.execute("from read_parquet(?)", [str(world.truth)]).fetchall()
    for source, kind, value, person in rows:
        truth[source][kind, value].add(person)
    return truth


def records(file: Path) -> list[dict[str, Any]]:
    """The vendor's records in a file of the records form."""
    rows = duckdb.execute("select record from read_parquet(?)", [str(file)]).fetchall()
    return [json.loads(record) for (record,) in rows]


def of_message(message: Message) -> set[Identifier]:
    """The identifiers that one message gives."""
    traits = message.get("traits", {})
    country = traits.get("address", {}).get("country", "")
    email = traits.get("email") or message.get("properties", {}).get("email")
    return known(
        ("user_id", message["userId"]),
        ("anonymous_id", message["anonymousId"]),
        ("email", email),
        phones=[traits.get("phone")],
        country=country,
    )


def of_contact(record: dict[str, Any]) -> set[Identifier]:
    """The identifiers that a HubSpot contact gives; a merged one is only its id."""
    fields = record.get("properties", dict.fromkeys(("email", "account_id", "phone", "country")))
    return known(
        ("hubspot_contact_id", record["id"]),
        ("email", fields["email"]),
        ("user_id", fields["account_id"]),
        phones=[fields["phone"]],
        country=fields["country"],
    )


def of_salesforce(record: dict[str, Any]) -> set[Identifier]:
    """The identifiers that a Salesforce lead or contact gives."""
    kind = record["attributes"]["type"].lower()
    return known(
        (f"salesforce_{kind}_id", record["Id"]),
        ("email", record["Email"]),
        ("user_id", record.get("Kith_User_Id__c")),
        phones=[record["Phone"], record.get("MobilePhone")],
        country=record.get("Country") or record.get("MailingCountry"),
    )


def of_pipedrive(record: dict[str, Any]) -> set[Identifier]:
    """The identifiers that a Pipedrive person gives."""
    return known(
        ("pipedrive_person_id", str(record["id"])),
        *(("email", entry["value"]) for entry in record["emails"]),
        *(("user_id", value) for value in record["custom_fields"].values()),
        phones=[entry["value"] for entry in record["phones"]],
        country="FR",
    )


def of_zoho(kind: str, record: dict[str, Any]) -> set[Identifier]:
    """The identifiers that a Zoho lead or contact gives; a deleted one is only its id."""
    return known(
        (f"zoho_{kind}_id", record["id"]),
        ("email", record.get("Email")),
        ("user_id", record.get("Kith_User_Id")),
        phones=[record.get("Phone"), record.get("Mobile")],
        country="ES",
    )


def known(
    *identifiers: tuple[str, str | None], phones: list[str | None], country: str | None
) -> set[Identifier]:
    """What is left without gaps and junk, e-mails in lower case and phones in E.164."""
    given = {
        (kind, value.strip().lower() if kind == "email" else value)
        for kind, value in identifiers
        if value and value not in JUNK
    }
    numbers = [text for text in phones if text and text not in JUNK]
    return given | {("phone", e164(text, country or "")) for text in numbers}
