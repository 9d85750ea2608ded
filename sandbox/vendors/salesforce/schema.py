"""Salesforce's objects and fields, and what Salesforce says about a value that does not fit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sandbox.vendors.salesforce.errors import row

EMAIL = re.compile(r"[^@\s,;<>()\[\]]+@[^@\s.,;<>()\[\]]+(\.[^@\s.,;<>()\[\]]+)+")
NUMERIC = ("double", "int", "currency")
TEXT = ("string", "email", "picklist", "reference", "id", "textarea")


@dataclass(frozen=True)
class Field:
    """One field of an object; `id_lookup` fields find records in an upsert, as external ids do."""

    name: str
    type: str = "string"
    length: int = 255
    external_id: bool = False
    id_lookup: bool = False
    required: bool = False
    read_only: bool = False

    def description(self) -> dict[str, Any]:
        """As `describe` shows it."""
        return {
            "name": self.name,
            "type": self.type,
            "length": self.length,
            "externalId": self.external_id,
            "idLookup": self.id_lookup or self.external_id,
            "unique": self.external_id,
            "nillable": not self.required and self.type != "boolean",
            "createable": not self.read_only,
            "updateable": not self.read_only,
            "custom": self.name.endswith("__c"),
        }


class ObjectType:
    """One sObject type: key prefix of its ids and fields by name, found ignoring case."""

    def __init__(self, name: str, prefix: str, fields: Iterable[Field]) -> None:
        self.name = name
        self.prefix = prefix
        self._fields: dict[str, Field] = {}
        for item in (*_system_fields(), *fields):
            self.add(item)

    @property
    def fields(self) -> Iterable[Field]:
        """All fields, in order of definition."""
        return self._fields.values()

    def add(self, item: Field) -> None:
        """Define a field; one already defined is replaced."""
        self._fields[item.name.lower()] = item

    def field(self, name: str) -> Field | None:
        """The field of this name in any case, if there is one."""
        return self._fields.get(name.lower())

    def missing(self, values: Mapping[str, Any]) -> list[str]:
        """Required fields that a new record with these values would lack."""
        return [f.name for f in self.fields if f.required and values.get(f.name) in (None, "")]


def object_types() -> dict[str, ObjectType]:
    """People, accounts and opportunities with standard fields, fresh for each org."""
    person = (
        *strings("FirstName MobilePhone Phone Title LeadSource Description", 40),
        Field("LastName", length=80, required=True),
        Field("Name", length=121, read_only=True),
        Field("Email", "email", 80, id_lookup=True),
        Field("HasOptedOutOfEmail", "boolean"),
        Field("Kith_Customer_Id__c", length=80, external_id=True),
    )
    return {
        "Lead": ObjectType(
            "Lead",
            "00Q",
            (
                *person,
                Field("Company", required=True),
                *strings("Status Street City State PostalCode Country"),
                *read_only("ConvertedContactId ConvertedAccountId ConvertedOpportunityId"),
                *read_only("MasterRecordId"),
                Field("IsConverted", "boolean", read_only=True),
                Field("ConvertedDate", "date", read_only=True),
            ),
        ),
        "Contact": ObjectType(
            "Contact",
            "003",
            (
                *person,
                *strings("AccountId Department MailingStreet MailingCity MailingState"),
                *strings("MailingPostalCode MailingCountry Kith_User_Id__c"),
                *read_only("MasterRecordId"),
            ),
        ),
        "Account": ObjectType(
            "Account",
            "001",
            (
                Field("Name", required=True),
                *strings("Website Phone Industry Type BillingCity BillingCountry"),
                *read_only("MasterRecordId"),
                Field("NumberOfEmployees", "int"),
                Field("AnnualRevenue", "currency"),
                Field("Kith_Company_Id__c", length=80, external_id=True),
            ),
        ),
        "Opportunity": ObjectType(
            "Opportunity",
            "006",
            (
                Field("Name", required=True),
                Field("StageName", "picklist", required=True),
                Field("CloseDate", "date", required=True),
                *strings("AccountId ContactId CampaignId LeadSource Type CurrencyIsoCode"),
                Field("Amount", "currency"),
                Field("Probability", "double"),
                Field("IsClosed", "boolean", read_only=True),
                Field("IsWon", "boolean", read_only=True),
            ),
        ),
    }


def guessed(name: str, value: object) -> Field:
    """A field for a column that only the world file knows."""
    if isinstance(value, bool):
        return Field(name, "boolean")
    return Field(name, "double" if isinstance(value, int | float) else "string")


def invalid(kind: ObjectType, name: str, value: object) -> dict[str, Any] | None:
    """Salesforce's error for setting this field to this value; None if it takes it."""
    item = kind.field(name)
    if item is None:
        return row("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
    if item.read_only:
        message = f"Unable to create/update fields: {item.name}. Please check the security settings"
        return row("INVALID_FIELD_FOR_INSERT_UPDATE", message, item.name)
    return None if value is None else _bad_value(item, value)


def _bad_value(item: Field, value: object) -> dict[str, Any] | None:
    name = item.name
    if not _fits(item, value):
        return row("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{name}: value not of required type", name)
    if isinstance(value, str) and len(value) > item.length:
        message = f"{name}: data value too large: {value} (max length={item.length})"
        return row("STRING_TOO_LONG", message, name)
    if item.type == "email" and value and not EMAIL.fullmatch(str(value)):
        return row("INVALID_EMAIL_ADDRESS", f"Email: invalid email address: {value}", name)
    return None


def _fits(item: Field, value: object) -> bool:
    if item.type == "boolean":
        return isinstance(value, bool)
    if item.type in NUMERIC:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    try:
        if item.type == "date":
            date.fromisoformat(value)
        elif item.type == "datetime":
            datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _system_fields() -> tuple[Field, ...]:
    stamps = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
    return (
        Field("Id", "id", 18, read_only=True),
        Field("IsDeleted", "boolean", read_only=True),
        Field("OwnerId", "reference", 18),
        *(Field(name, "datetime", read_only=True) for name in stamps),
    )


def strings(names: str, length: int = 255) -> tuple[Field, ...]:
    """Text fields by name."""
    return tuple(Field(name, length=length) for name in names.split())


def read_only(names: str) -> tuple[Field, ...]:
    """Lookups by name that only Salesforce itself fills."""
    return tuple(Field(name, "reference", 18, read_only=True) for name in names.split())
