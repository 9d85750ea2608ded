"""HubSpot's property definitions, and what HubSpot says about a value that does not fit."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.vendors.state import EPOCH

EMAIL = re.compile(r"[^@\s,;<>()\[\]]+@[^@\s.,;<>()\[\]]+(\.[^@\s.,;<>()\[\]]+)+")
PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
LIFECYCLE = (
    "subscriber lead marketingqualifiedlead salesqualifiedlead opportunity customer evangelist "
    "other"
)
PROPERTY_TYPES = ("string", "number", "date", "datetime", "enumeration", "bool")


@dataclass(frozen=True)
class Property:
    """One property of an object type; `options` are the values an enumeration allows."""

    name: str
    type: str = "string"
    unique: bool = False
    read_only: bool = False
    required: bool = False
    options: tuple[str, ...] = ()
    label: str = ""
    field_type: str = "text"
    group: str = ""

    def definition(self) -> dict[str, Any]:
        """As the properties API shows it."""
        return {
            "name": self.name,
            "label": self.label or self.name,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "options": [{"label": value, "value": value} for value in self.options],
            "hasUniqueValue": self.unique,
            "modificationMetadata": {"readOnlyValue": self.read_only},
        }


@dataclass(frozen=True)
class ObjectType:
    """One kind of CRM object: what a listing shows by default and which properties exist."""

    name: str
    type_id: str
    modified: str
    shown: tuple[str, ...]
    properties: dict[str, Property] = field(default_factory=dict)
    created: str = "createdate"

    @property
    def always_shown(self) -> tuple[str, ...]:
        """Returned whichever properties are asked for."""
        return (self.created, "hs_object_id", self.modified)

    def add(self, *properties: Property) -> None:
        """Define properties; one already defined is replaced."""
        self.properties.update((item.name, item) for item in properties)


def object_types() -> tuple[ObjectType, ...]:
    """The object types of people, companies and deals with their standard properties."""
    contacts = ObjectType("contacts", "0-1", "lastmodifieddate", words("email firstname lastname"))
    companies = ObjectType("companies", "0-2", "hs_lastmodifieddate", words("domain name"))
    deals = ObjectType(
        "deals",
        "0-3",
        "hs_lastmodifieddate",
        words("amount closedate dealname dealstage pipeline"),
    )
    contacts.add(
        *strings("firstname lastname phone mobilephone company jobtitle address city state zip"),
        *strings("country website hs_lead_status hubspot_owner_id hs_additional_emails"),
        Property("hs_email_optout", "bool"),
        Property("email", unique=True),
        Property("lifecyclestage", "enumeration", options=words(LIFECYCLE)),
    )
    companies.add(*strings("name domain phone city country industry website"))
    companies.add(Property("annualrevenue", "number"), Property("numberofemployees", "number"))
    deals.add(*strings("dealname dealstage pipeline dealtype hubspot_owner_id"))
    deals.add(*strings("deal_currency_code hs_is_closed_won"))
    deals.add(Property("amount", "number"), Property("closedate", "datetime"))
    return contacts, companies, deals


def with_system_properties(kinds: Iterable[ObjectType]) -> dict[str, ObjectType]:
    """The object types by name, with what HubSpot itself writes into every record."""
    found = {kind.name: kind for kind in kinds}
    for kind in found.values():
        kind.add(
            Property(kind.created, "datetime", read_only=True),
            Property(kind.modified, "datetime", read_only=True),
            Property("hs_object_id", "number", read_only=True),
            Property("hs_merged_object_ids", read_only=True),
        )
    return found


def defined(body: Mapping[str, Any]) -> Property:
    """The property that a create request describes; raises ValueError with HubSpot's reason."""
    for name in ("name", "label", "type", "fieldType", "groupName"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise ValueError(f"Some required fields were not set: [{name}]")
    if not PROPERTY_NAME.fullmatch(body["name"]):
        raise ValueError(f"Property name {body['name']} is not valid")
    if body["type"] not in PROPERTY_TYPES:
        raise ValueError(f"Unknown property type {body['type']}")
    return Property(
        name=body["name"],
        type=body["type"],
        unique=bool(body.get("hasUniqueValue")),
        options=tuple(option["value"] for option in body.get("options", ())),
        label=body["label"],
        field_type=body["fieldType"],
        group=body["groupName"],
    )


@dataclass(frozen=True)
class Invalid:
    """One reason why a property value is refused, in HubSpot's codes."""

    message: str
    error: str
    name: str

    def as_dict(self) -> dict[str, Any]:
        """As it stands inside a "Property values were not valid" message."""
        return {"isValid": False, **asdict(self), "localizedErrorMessage": self.message}


def invalid(kind: ObjectType, values: Mapping[str, Any]) -> list[Invalid]:
    """Every reason to refuse these values; empty if HubSpot takes them. Blank clears a value."""
    return [reason for item in values.items() if (reason := _reason(kind, *item)) is not None]


def lacking(kind: ObjectType, values: Mapping[str, Any]) -> list[str]:
    """Properties that a new record cannot be without."""
    return [
        name for name, item in kind.properties.items() if item.required and not values.get(name)
    ]


def _reason(kind: ObjectType, name: str, value: object) -> Invalid | None:
    definition = kind.properties.get(name)
    if definition is None:
        return Invalid(f'Property "{name}" does not exist', "PROPERTY_DOESNT_EXIST", name)
    if definition.read_only:
        message = f'"{name}" is a read only property; its value cannot be set.'
        return Invalid(message, "READ_ONLY_VALUE", name)
    return None if value in (None, "") else _bad_value(definition, str(value))


def _bad_value(definition: Property, value: str) -> Invalid | None:
    name = definition.name
    if name == "email" and not EMAIL.fullmatch(value):
        return Invalid(f"Email address {value} is invalid", "INVALID_EMAIL", name)
    if definition.options and value not in definition.options:
        message = f"{value} was not one of the allowed options: {list(definition.options)}"
        return Invalid(message, "INVALID_OPTION", name)
    try:
        comparable(definition, value)
    except ValueError:
        code = TYPE_ERRORS[definition.type]
        return Invalid(f"{value} was not a valid {definition.type}.", code, name)
    return None


TYPE_ERRORS = {
    "number": "INVALID_DOUBLE",
    "bool": "INVALID_BOOLEAN",
    "datetime": "INVALID_DATE",
    "date": "INVALID_DATE",
}


def comparable(definition: Property, text: str) -> float | str:
    """A value in the form that filters compare: numbers, epoch milliseconds, folded text.

    Raises ValueError if the text is not a value of the property's type.
    """
    return COMPARABLE.get(definition.type, str.lower)(text)


def _milliseconds(text: str) -> float:
    if text.lstrip("-").isdigit():
        return float(text)
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) / timedelta(milliseconds=1)


def _midnight(text: str) -> float:
    moment = _milliseconds(text)
    if moment % 86_400_000:
        raise ValueError(text)
    return moment


def _boolean(text: str) -> str:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower()


COMPARABLE: dict[str, Callable[[str], float | str]] = {
    "number": float,
    "datetime": _milliseconds,
    "date": _midnight,
    "bool": _boolean,
}


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


def strings(names: str) -> list[Property]:
    """Text properties by name."""
    return [Property(name) for name in names.split()]
